package org.panagrad.train;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.io.SafeTensors;
import org.panagrad.io.TensorEntry;
import org.panagrad.optim.UpdaterFile;

/** The file of a run's checkpoint: safetensors, and in its metadata where the run was. */
final class Checkpoint {
  private static final System.Logger LOG = System.getLogger(Checkpoint.class.getName());
  private static final String PREFIX = "panagrad.", MODEL = "model.", OPTIMIZER = "optimizer.", LISTENER = "listener.";

  private final Path file;
  private final Model model;
  private final Fit fit;
  private final long samples;

  /** Of a model that is trained on so many samples. */
  Checkpoint(Path file, Model model, Fit fit, long samples) {
    this.file = file;
    this.model = model;
    this.fit = fit;
    this.samples = samples;
  }

  /** What the run must have in common with that of the checkpoint. */
  private Map<String, String> identity() {
    Map<String, String> identity = new LinkedHashMap<>();
    identity.put("checkpoint", "1");
    identity.put("network", Json.write(model.architecture().describe()));
    identity.put("optimizer", Json.write(model.updater().optimizer().describe()));
    identity.put("samples", Long.toString(samples));
    identity.put("batchSize", Integer.toString(fit.batchSize()));
    identity.put("accumulation", Integer.toString(fit.accumulation()));
    identity.put("seed", Long.toString(fit.seed()));
    identity.put("shuffling", Boolean.toString(fit.shuffling()));
    return identity;
  }

  // writing

  /** Where training stands: a number of complete epochs, and of batches in the next one. */
  void write(int epoch, int batch, Totals totals, List<History.Epoch> epochs) throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    identity().forEach((key, value) -> metadata.put(PREFIX + key, value));
    metadata.put(PREFIX + "product", model.compute().product().name());
    metadata.put(PREFIX + "epoch", Integer.toString(epoch));
    metadata.put(PREFIX + "batch", Integer.toString(batch));
    metadata.put(PREFIX + "step", Long.toString(model.updater().steps()));
    metadata.put(PREFIX + "pass", Long.toString(model.graph().trainingPasses()));
    metadata.put(PREFIX + "totals", Json.write(totals.sums().stream().map(Double::toHexString).toList()));
    metadata.put(PREFIX + "history", Json.write(epochs.stream().map(EpochText::of).toList()));
    model.downloadParameters();
    try (Arena arena = Arena.ofConfined()) {
      List<TensorEntry> tensors = new ArrayList<>(ModelFile.tensors(model.parameters(), MODEL, arena));
      tensors.addAll(UpdaterFile.tensors(model.updater(), new DiskLayout(model.parameters()), OPTIMIZER, arena));
      for (int i = 0; i < fit.listeners().size(); i++) {
        ListenerState state = new ListenerState();
        fit.listeners().get(i).save(state);
        metadata.put(PREFIX + LISTENER + i, Json.write(state.texts()));
        String prefix = LISTENER + i + ".";
        state.arrays().forEach((key, array) -> tensors.add(TensorEntry.of(prefix + key,
            arena.allocateFrom(JAVA_FLOAT, array), array.length)));
      }
      String bad = notFinite(tensors);
      if (bad != null) {
        LOG.log(Level.WARNING, "{0} stays as it was: {1} holds a number that is not finite", file, bad);
        return;
      }
      SafeTensors.write(file, metadata, tensors);
    }
  }

  /** A checkpoint that cannot be read is none. */
  private static @Nullable String notFinite(List<TensorEntry> tensors) {
    for (TensorEntry tensor : tensors) {
      for (long i = 0; i < tensor.data().byteSize() / 4; i++) {
        if (!Float.isFinite(tensor.data().getAtIndex(JAVA_FLOAT, i))) {
          return tensor.name();
        }
      }
    }
    return null;
  }

  // reading

  /** Where a run goes on. */
  record Place(int epoch, int batch, List<Double> totals, List<History.Epoch> epochs) {
  }

  /** Puts everything back. All is compared before anything is changed. */
  Place read() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      SafeTensors tensors = SafeTensors.read(file, arena);
      Map<String, String> metadata = tensors.metadata();
      requireSameRun(metadata);
      DiskLayout layout = new DiskLayout(model.parameters());
      ModelFile.requireSame(file, tensors, MODEL, model.parameters());
      UpdaterFile.requireSame(file, tensors, OPTIMIZER, model.updater(), layout);
      Place place = new Place((int) whole(metadata, "epoch"), (int) whole(metadata, "batch"), totals(metadata),
          history(metadata));
      long step = whole(metadata, "step"), pass = whole(metadata, "pass");
      List<ListenerState> states = listeners(tensors);
      ModelFile.restore(tensors, MODEL, model.parameters());
      model.uploadParameters();
      UpdaterFile.restore(tensors, OPTIMIZER, model.updater(), layout, step);
      model.graph().resume(pass);
      for (int i = 0; i < states.size(); i++) {
        fit.listeners().get(i).restore(states.get(i));
      }
      return place;
    }
  }

  private void requireSameRun(Map<String, String> metadata) throws DataException {
    for (var entry : identity().entrySet()) {
      String there = metadata.get(PREFIX + entry.getKey());
      if (!entry.getValue().equals(there)) {
        throw new DataException(file, "is a checkpoint of another run: its " + entry.getKey() + " is " + there
            + ", here it is " + entry.getValue() + "; delete it to begin anew");
      }
    }
    String product = metadata.get(PREFIX + "product");
    if (!kind(model.compute().product().name()).equals(kind(String.valueOf(product)))) {
      LOG.log(Level.WARNING, "{0} was left by a run with the product {1}, this one has {2}: its bits may differ", file,
          product, model.compute().product().name());
    }
  }

  /** The built-in product has the same bits on all kernels, which its name tells in brackets. */
  private static String kind(String product) {
    return product.startsWith("built-in") ? "built-in" : product;
  }

  private String text(Map<String, String> metadata, String key) throws DataException {
    String text = metadata.get(PREFIX + key);
    if (text == null) {
      throw new DataException(file, "its metadata has no " + PREFIX + key);
    }
    return text;
  }

  private long whole(Map<String, String> metadata, String key) throws DataException {
    String text = text(metadata, key);
    if (!text.matches("[0-9]{1,18}")) {
      throw new DataException(file, PREFIX + key + " is " + text + ": a whole number is expected");
    }
    return Long.parseLong(text);
  }

  private List<Double> totals(Map<String, String> metadata) throws DataException {
    List<Double> totals = new ArrayList<>();
    for (Object text : list(metadata, "totals")) {
      totals.add(number("totals", text));
    }
    return totals;
  }

  private List<?> list(Map<String, String> metadata, String key) throws DataException {
    if (Json.parse(text(metadata, key)) instanceof List<?> list) {
      return list;
    }
    throw new DataException(file, PREFIX + key + " is no list");
  }

  private double number(String key, @Nullable Object text) throws DataException {
    try {
      return Double.parseDouble(String.valueOf(text));
    } catch (NumberFormatException e) {
      throw new DataException(file, PREFIX + key + " holds " + text + ": a number is expected");
    }
  }

  private List<History.Epoch> history(Map<String, String> metadata) throws DataException {
    List<History.Epoch> epochs = new ArrayList<>();
    for (Object text : list(metadata, "history")) {
      try {
        epochs.add(EpochText.parse(String.valueOf(text)));
      } catch (IllegalArgumentException e) {
        throw new DataException(file, PREFIX + "history holds " + text + ", which is no epoch");
      }
    }
    return epochs;
  }

  private List<ListenerState> listeners(SafeTensors tensors) throws IOException {
    List<ListenerState> states = new ArrayList<>();
    for (int i = 0; i < fit.listeners().size(); i++) {
      ListenerState state = new ListenerState();
      if (!(Json.parse(text(tensors.metadata(), LISTENER + i)) instanceof Map<?, ?> texts)) {
        throw new DataException(file, PREFIX + LISTENER + i + " is no object");
      }
      texts.forEach((key, value) -> state.put(String.valueOf(key), String.valueOf(value)));
      String prefix = LISTENER + i + ".";
      for (TensorEntry tensor : tensors.tensors()) {
        if (tensor.name().startsWith(prefix)) {
          MemorySegment data = tensor.data();
          state.put(tensor.name().substring(prefix.length()), data.toArray(JAVA_FLOAT));
        }
      }
      states.add(state);
    }
    return states;
  }
}
