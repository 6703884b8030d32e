package org.panagrad.data;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.panagrad.io.DataException;

/**
 * Reads folders of PNG files, a folder for each class: 8 bits, not interlaced, grey, RGB or palette, with or without
 * alpha; a palette's pictures are read as RGB. All pictures must have the same size and the same channels. Other files,
 * and what is hidden, are left out.
 */
public final class ImageFolder {
  private static final int MOST_CLASSES = 256;

  private ImageFolder() {}

  /**
   * The classes: the names of the folders, sorted; the place of each is its label.
   *
   * @param folder that holds a folder for each class
   * @return their names
   * @throws DataException if there is no such folder, or there are none or more than 256 in it
   * @throws IOException   if reading fails
   */
  public static List<String> classNames(Path folder) throws IOException {
    return classFolders(folder).stream().map(path -> path.getFileName().toString()).toList();
  }

  private static List<Path> classFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new DataException(folder, "there is no such folder");
    }
    List<Path> folders = sorted(folder, Files::isDirectory);
    if (folders.isEmpty() || folders.size() > MOST_CLASSES) {
      throw new DataException(folder,
          "holds " + folders.size() + " folders: expected one for each class, 1 to " + MOST_CLASSES);
    }
    return folders;
  }

  private static List<Path> sorted(Path folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.filter(path -> !path.getFileName().toString().startsWith(".")).filter(wanted)
          .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString())).toList();
    }
  }

  private static boolean isPng(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".png") && Files.isRegularFile(path);
  }

  /**
   * Reads all pictures, class by class and sorted by name within.
   *
   * @param folder that holds a folder for each class
   * @return the dataset; close it
   * @throws DataException if a folder holds no picture, or a picture is damaged, of another kind or of another size:
   *                       the message names it
   * @throws IOException   if reading fails
   */
  public static ImageDataset read(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    List<Path> folders = classFolders(folder);
    for (int label = 0; label < folders.size(); label++) {
      List<Path> pictures = sorted(folders.get(label), ImageFolder::isPng);
      if (pictures.isEmpty()) {
        throw new DataException(folders.get(label), "holds no .png file: each class needs one, or no folder");
      }
      files.addAll(pictures);
      for (int i = 0; i < pictures.size(); i++) {
        labels.add(label);
      }
    }
    return read(files, labels, folders.size());
  }

  private static ImageDataset read(List<Path> files, List<Integer> labels, int classes) throws IOException {
    Png.Picture first = Png.read(files.getFirst());
    long bytes = first.pixels().length;
    Arena arena = Arena.ofShared();
    try {
      MemorySegment pixels = arena.allocate(files.size() * bytes), classOf = arena.allocate(files.size());
      for (int i = 0; i < files.size(); i++) {
        Png.Picture picture = Png.read(files.get(i));
        requireSame(files.get(i), picture, first);
        MemorySegment.copy(picture.pixels(), 0, pixels, JAVA_BYTE, i * bytes, picture.pixels().length);
        classOf.set(JAVA_BYTE, i, (byte) (int) labels.get(i));
      }
      return new ImageDataset(arena, first.height(), first.width(), first.channels(), classes, pixels, classOf);
    } catch (Throwable failure) {
      arena.close();
      throw failure;
    }
  }

  private static void requireSame(Path file, Png.Picture picture, Png.Picture first) throws DataException {
    if (picture.width() != first.width() || picture.height() != first.height()
        || picture.channels() != first.channels()) {
      throw new DataException(file, "has " + size(picture) + ", the first picture has " + size(first)
          + ": bring all to one size and kind");
    }
  }

  private static String size(Png.Picture picture) {
    return picture.width() + "x" + picture.height() + " pixels of " + picture.channels() + " channels";
  }
}
