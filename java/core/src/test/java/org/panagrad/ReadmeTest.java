package org.panagrad;

import static org.junit.jupiter.api.Assertions.assertEquals;
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

/** The README's example, a whole class with a main method, compiles without a warning and runs. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("^```java\\R(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("^public (?:final )?class (\\w+)", Pattern.MULTILINE);

  @TempDir
  private Path folder;

  private static String first(Pattern pattern, String text, String what) {
    Matcher matcher = pattern.matcher(text);
    assertTrue(matcher.find(), what);
    return matcher.group(1);
  }

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
  void theExampleCompilesAndRuns() throws Exception {
    Path readme = Path.of(System.getProperty("panagrad.root", ".")).normalize().resolve("README.md");
    assertTrue(Files.exists(readme), readme.toAbsolutePath() + " is missing");
    String code = first(BLOCK, Files.readString(readme), readme + " has no block of ```java");
    String name = first(NAME, code, "the block holds no public class:\n" + code);
    Path source = Files.writeString(folder.resolve(name + ".java"), code);
    compile(source);
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    }
  }
}
