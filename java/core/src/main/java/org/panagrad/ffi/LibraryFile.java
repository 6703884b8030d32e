package org.panagrad.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** A library, found and loaded. */
@SuppressWarnings("restricted") // loading native code is this class's task
record LibraryFile(String origin, SymbolLookup symbols) {
  /**
   * Explicit path, else the copy in the jar, else the system's path.
   *
   * @param library  its name without prefix and suffix
   * @param property of the JVM, which names a file
   * @throws NativeException where it cannot be had, with the reason
   */
  static LibraryFile find(String library, String property) {
    String explicit = System.getProperty(property), file = System.mapLibraryName(library);
    if (explicit != null) {
      return new LibraryFile(explicit, lookup(Path.of(explicit)));
    }
    String resource = "/native/" + platform() + "/" + file;
    try (InputStream in = LibraryFile.class.getResourceAsStream(resource)) {
      if (in != null) {
        return new LibraryFile("the library in the jar", extract(in.readAllBytes(), resource, file));
      }
    } catch (IOException e) {
      throw new NativeException("the native library in the jar cannot be extracted: " + e);
    }
    try {
      return new LibraryFile("the system's library", SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (IllegalArgumentException e) {
      throw new NativeException("no native library for " + platform()
          + ": " + file + " is not in the jar, not on the system's path, and -D" + property + "=FILE is not given");
    }
  }

  /** As the jar's folders are named: linux-x86_64, linux-aarch64, ... */
  static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).replace(" ", "");
    String processor = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return os + "-" + (processor.equals("amd64") ? "x86_64" : processor);
  }

  static SymbolLookup lookup(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new NativeException(file + " is no file");
    }
    try {
      return SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new NativeException(file + " cannot be loaded as a library: " + e.getMessage());
    }
  }

  /**
   * Writes the library into a folder that only this user can enter, loads it and removes it: nobody else can put
   * another file there in between. The hash stands beside the library in the jar.
   */
  private static SymbolLookup extract(byte[] bytes, String resource, String name) throws IOException {
    try (InputStream in = LibraryFile.class.getResourceAsStream(resource + ".sha256")) {
      String expected = in == null ? "no hash" : new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      String actual = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
      if (!expected.equals(actual)) {
        throw new NativeException(
            "the library in the jar is damaged: its SHA-256 is " + actual + ", expected " + expected);
      }
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every JDK has it
    }
    Path folder = Files.createTempDirectory("panagrad"); // readable by its owner alone
    Path file = folder.resolve(name);
    try {
      Files.write(file, bytes, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      return lookup(file);
    } catch (NativeException e) {
      throw new NativeException(e.getMessage() + "; if java.io.tmpdir is mounted noexec, name another folder there");
    } finally {
      Files.deleteIfExists(file);
      Files.deleteIfExists(folder);
    }
  }
}
