package org.panagrad.app;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Writes what {@code ./panagrad} needs to start the command line, one {@code KEY=value} a line. The build runs it with
 * the JDK and the class path that the program is to have; that of the benchmarks, too, from this source.
 */
final class LauncherFile {
  private LauncherFile() {
  }

  public static void main(String[] args) throws IOException {
    String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(entry -> absolute(entry)).collect(Collectors.joining(File.pathSeparator));
    Path file = Path.of(args[0]);
    Path partial = file.resolveSibling(file.getFileName() + ".part");
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(partial, "JAVA_HOME=%s\nCLASS_PATH=%s\nBLAS=%s\n".formatted(System.getProperty("java.home"),
        classPath, absolute(System.getProperty("panagrad.blas"))));
    // In one step, and last: the launcher takes its time for the time of the build.
    Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize().toString();
  }
}
