package org.panagrad.io;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.UUID;

/** Files that are there before they are read, and are written wholly or not at all. */
public final class SafeFile {

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Body {
    /**
     * Writes the whole content, from the channel's current position 0.
     *
     * @param channel the new, empty file
     * @throws IOException if writing fails; the target then stays what it was
     */
    void writeTo(FileChannel channel) throws IOException;
  }

  private SafeFile() {}

  /**
   * Checks that there is a file to read.
   *
   * @param file the file
   * @throws DataException if it does not exist or is not a regular file
   */
  public static void requireFile(Path file) throws DataException {
    if (!Files.exists(file)) {
      throw new DataException(file, "there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new DataException(file, "is not a regular file");
    }
  }

  /**
   * Writes a file so that, whatever happens, the target holds either what it held before or all of the new content: the
   * content goes to a temporary file beside the target, is forced to the disk, and then takes the target's name in one
   * step. On a failure up to that step the temporary file is deleted. A symbolic link is replaced, not followed.
   *
   * @param target the file to create or replace; its directory must exist
   * @param body writes the content
   * @throws IOException if the directory is missing, the target is no regular file, or writing fails
   */
  public static void write(Path target, Body body) throws IOException {
    Path directory = requireWritable(target);
    Path temporary = directory.resolve(".panagrad-" + UUID.randomUUID() + ".tmp");
    try {
      // Not Files.createTempFile: its 0600 would stay on the finished file.
      try (FileChannel channel = FileChannel.open(temporary, CREATE_NEW, WRITE)) {
        body.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, ATOMIC_MOVE);
    } catch (Throwable failure) {
      deleteAfter(failure, temporary);
      throw failure;
    }
    forceDirectory(directory);
  }

  private static Path requireWritable(Path target) throws IOException {
    // A rename onto a device (/dev/null) would replace the device, so only regular files will do.
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      String kind = Files.isDirectory(target) ? "is a directory: name a file in it" : "is not a regular file";
      throw new FileSystemException(target.toString(), null, "cannot be written, it " + kind);
    }
    Path directory = target.toAbsolutePath().getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      String reason = "cannot be written, there is no directory " + directory + ": create it first";
      throw new NoSuchFileException(target.toString(), null, reason);
    }
    return directory;
  }

  private static void deleteAfter(Throwable failure, Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** Makes the rename itself survive a power failure, where directories can be opened (not on Windows). */
  private static void forceDirectory(Path directory) throws IOException {
    FileChannel channel;
    try {
      channel = FileChannel.open(directory, READ);
    } catch (IOException e) {
      return;
    }
    try (channel) {
      channel.force(true);
    }
  }
}
