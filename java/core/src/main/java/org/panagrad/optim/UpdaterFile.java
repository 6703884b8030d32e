package org.panagrad.optim;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.io.SafeTensors;
import org.panagrad.io.TensorEntry;

/**
 * The states of an {@link Updater} in a safetensors file: a tensor "parameter.state" for each, by PyTorch's names where
 * it has them, and the number of the step and the optimizer in its metadata. A run that goes on from such a file, with
 * the parameters of the same step, gives the bits of one that never stopped.
 */
public final class UpdaterFile {
  private static final String STEP = "panagrad.step", OPTIMIZER = "panagrad.optimizer";

  private UpdaterFile() {
  }

  /** How the arrays of a parameter lie on disk. */
  public interface Layout {
    /** As they lie in memory. */
    Layout FLAT = new Layout() {
      @Override
      public List<Long> shape(String name, long elements) {
        return List.of(elements);
      }

      @Override
      public void toDisk(String name, MemorySegment inside, MemorySegment disk) {
        disk.copyFrom(inside);
      }

      @Override
      public void fromDisk(String name, MemorySegment disk, MemorySegment inside) {
        inside.copyFrom(disk);
      }
    };

    /**
     * The shape on disk.
     *
     * @param name     of the parameter
     * @param elements of the parameter
     * @return outermost dimension first
     */
    List<Long> shape(String name, long elements);

    /**
     * Writes an array in the order of the disk.
     *
     * @param name   of the parameter
     * @param inside as it lies in memory
     * @param disk   receives it
     */
    void toDisk(String name, MemorySegment inside, MemorySegment disk);

    /**
     * Reads an array in the order of the disk.
     *
     * @param name   of the parameter
     * @param disk   as it lies on disk
     * @param inside receives it
     */
    void fromDisk(String name, MemorySegment disk, MemorySegment inside);
  }

  /**
   * Saves the states.
   *
   * @param file    to be written; one that was there is replaced once the new one is whole
   * @param updater whose
   * @param layout  of the arrays
   * @throws IOException if it cannot be written
   */
  public static void save(Path file, Updater updater, Layout layout) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(STEP, Long.toString(updater.steps()));
    metadata.put(OPTIMIZER, Json.write(updater.optimizer().describe()));
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors.write(file, metadata, tensors(updater, layout, "", arena));
    }
  }

  /**
   * The states, for a file that holds more.
   *
   * @param updater whose
   * @param layout  of the arrays
   * @param prefix  of the tensors' names
   * @param arena   that they are copied to
   * @return in the order of the parameters
   */
  public static List<TensorEntry> tensors(Updater updater, Layout layout, String prefix, Arena arena) {
    updater.tensors().download();
    List<TensorEntry> tensors = new ArrayList<>();
    for (String name : updater.names()) {
      for (String state : updater.stateNames(name)) {
        MemorySegment inside = updater.state(name, state), disk = arena.allocate(inside.byteSize(), 4);
        layout.toDisk(name, inside, disk);
        tensors.add(new TensorEntry(prefix + name + "." + state, layout.shape(name, inside.byteSize() / 4), disk));
      }
    }
    return tensors;
  }

  /**
   * Goes on from saved states. Everything is compared before anything is changed.
   *
   * @param file    written by {@link #save}
   * @param updater of the same parameters, with the same kind of optimizer; its rates and decays may be others
   * @param layout  of the arrays
   * @throws IOException if it cannot be read, is damaged, or holds other states
   */
  public static void load(Path file, Updater updater, Layout layout) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors tensors = SafeTensors.read(file, arena);
      long step = step(file, tensors.metadata().get(STEP));
      requireSame(file, tensors, "", updater, layout);
      restore(tensors, "", updater, layout, step);
    }
  }

  /**
   * Goes on from the states in a file that holds more, after {@link #requireSame}.
   *
   * @param tensors of the file
   * @param prefix  of the tensors' names
   * @param updater of the same parameters
   * @param layout  of the arrays
   * @param step    number of the last step
   * @throws IOException if a state is missing
   */
  public static void restore(SafeTensors tensors, String prefix, Updater updater, Layout layout, long step)
      throws IOException {
    for (String name : updater.names()) {
      for (String state : updater.stateNames(name)) {
        layout.fromDisk(name, tensors.tensor(prefix + name + "." + state).data(), updater.state(name, state));
      }
    }
    updater.tensors().upload();
    updater.resume(step);
  }

  private static long step(Path file, @Nullable String text) throws DataException {
    if (text == null) {
      throw new DataException(file, "its metadata has no " + STEP + ": it holds no states of an optimizer");
    }
    if (!text.matches("[0-9]{1,18}")) {
      throw new DataException(file, STEP + " is " + text + ": a whole number is expected");
    }
    return Long.parseLong(text);
  }

  /**
   * Compares a file's states with an optimizer's.
   *
   * @param file    for messages
   * @param tensors of the file
   * @param prefix  of the tensors' names; others are not looked at
   * @param updater whose states they are to be
   * @param layout  of the arrays
   * @throws DataException if one is missing, has another shape, or is not the optimizer's
   */
  public static void requireSame(Path file, SafeTensors tensors, String prefix, Updater updater, Layout layout)
      throws DataException {
    Set<String> unknown = new HashSet<>(tensors.names());
    unknown.removeIf(name -> !name.startsWith(prefix));
    for (String name : updater.names()) {
      for (String state : updater.stateNames(name)) {
        String tensor = prefix + name + "." + state;
        List<Long> shape = tensors.tensor(tensor).shape(),
            needed = layout.shape(name, updater.state(name, state).byteSize() / 4);
        if (!shape.equals(needed)) {
          throw new DataException(file, "tensor " + tensor + " has shape " + shape + ", the parameter needs " + needed);
        }
        unknown.remove(tensor);
      }
    }
    if (!unknown.isEmpty()) {
      throw new DataException(file, "states that this optimizer does not have: " + unknown.stream().sorted().toList());
    }
  }
}
