package org.panagrad.app;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a training run leaves its files. */
record OutputFolder(Path path) {

  /** Creates the folder and writes to it once, so that nobody trains for an hour and then cannot save. */
  static OutputFolder prepare(Path path) {
    OutputFolder folder = new OutputFolder(path);
    create(path);
    requireReplaceable(folder.model());
    requireReplaceable(folder.curves());
    requireReplaceable(folder.report());
    return folder;
  }

  /** Creates a folder, or finds it, and makes sure that files can be written there. */
  static void create(Path path) {
    try {
      Files.createDirectories(path);
      Files.delete(Files.createTempFile(path, ".panagrad-", ".tmp"));
    } catch (FileSystemException e) {
      throw new Failure(path + " (--out): cannot be written to: " + Failure.reason(e), e);
    } catch (IOException e) {
      throw new Failure(path + " (--out): cannot be written to: " + e.getMessage(), e);
    }
  }

  /** Makes sure that nothing stands in a file's place but a file. */
  static void requireReplaceable(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new Failure(file + ": cannot be written, something stands there that is no file");
    }
  }

  Path model() {
    return path.resolve("model.safetensors");
  }

  Path report() {
    return path.resolve("report.html");
  }

  Path curves() {
    return path.resolve("curves.png");
  }
}
