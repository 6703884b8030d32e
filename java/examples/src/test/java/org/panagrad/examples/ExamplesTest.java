package org.panagrad.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExamplesTest {
  @Test
  void eachHasANameOfItsOwnAndStandsInTheReadme() throws IOException {
    String readme = Files.readString(Path.of(System.getProperty("panagrad.root", ".")).resolve("README.md"));
    Set<String> names = new HashSet<>();
    for (Example example : Examples.all()) {
      assertTrue(names.add(example.name()), "two examples are named " + example.name());
      assertTrue(example.name().matches("[a-z0-9-]+"), example.name());
      assertTrue(readme.contains("| `" + example.name() + "` |"), "the README does not list " + example.name());
      assertEquals(example, Examples.named(example.name()));
    }
  }

  @Test
  void aNameThatIsNoneIsToldFromThoseThatAre() {
    String message = String.valueOf(assertThrows(IllegalArgumentException.class, () -> Examples.named("xyz"))
        .getMessage());
    assertTrue(message.contains("xyz") && message.contains("xor"), message);
  }
}
