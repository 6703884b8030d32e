package org.panagrad.app;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What ends a command with exit code 1; the message is all that the user sees. */
final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Failure(String message) {
    super(message);
  }

  Failure(String message, Throwable cause) {
    super(message, cause);
  }

  /** A problem in one line. The JDK's file exceptions often say no more than the file's name. */
  static String describe(Throwable problem) {
    return switch (problem) {
      case OutOfMemoryError e ->
        "not enough memory: " + e.getMessage() + " (a smaller --batch, or PANAGRAD_JAVA_OPTS=-Xmx4g, may help)";
      case FileSystemException e when e.getReason() == null -> e.getFile() + ": " + reason(e);
      case IOException e -> text(e);
      // These are the library's way to refuse an argument or a backend; their messages are made for people.
      case Failure e -> text(e);
      case IllegalArgumentException e -> text(e);
      case UnsupportedOperationException e -> text(e);
      case RuntimeException e when e.getClass().getPackageName().startsWith("org.panagrad") -> text(e);
      default -> "internal error: " + problem + " (--trace shows where)";
    };
  }

  private static String text(Exception e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  static String reason(FileSystemException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file or directory";
      case AccessDeniedException _ -> "permission denied";
      case FileAlreadyExistsException _ -> "it exists and is no directory";
      case NotDirectoryException _ -> "it is no directory";
      default -> e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
    };
  }
}
