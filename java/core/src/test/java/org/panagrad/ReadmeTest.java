package org.panagrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each of the README's examples, a whole class with a main method, compiles without a warning and runs. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("^```java\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("^public (?:final )?class (\\w+)", Pattern.MULTILINE);

  @TempDir
  private Path folder;

  private void compile(Path source) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled = compiler.getTask(messages, files, null,
          List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all", "-Werror"), null,
          files.getJavaFileObjects(source)).call();
      assertEquals("", messages.toString());
      assertTrue(compiled);
    }
  }

  @Test
  @Timeout(value = 2, unit = TimeUnit.MINUTES) // a guard against hanging; it takes seconds
  void theExamplesCompileAndRun() throws Exception {
    Path readme = Path.of(System.getProperty("panagrad.root", ".")).normalize().resolve("README.md");
    assertTrue(Files.exists(readme), readme.toAbsolutePath() + " is missing");
    List<String> examples = BLOCK.matcher(Files.readString(readme)).results().map(block -> block.group(1)).toList();
    assertFalse(examples.isEmpty(), readme + " has no block of ```java");
    for (String code : examples) {
      compileAndRun(code);
    }
  }

  private void compileAndRun(String code) throws Exception {
    Matcher name = NAME.matcher(code);
    assertTrue(name.find(), "the block holds no public class:\n" + code);
    compile(Files.writeString(folder.resolve(name.group(1) + ".java"), code));
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      loader.loadClass(name.group(1)).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }
  }
}
