package org.panagrad.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes each epoch's figures as a line of a CSV file, at once, so that it can be watched. The file begins anew with
 * each run, but a run that is resumed goes on with it: epochs that it holds already are not written again.
 */
public final class CsvLog implements TrainingListener {
  private final Path file;
  private List<String> names = List.of();
  private boolean begun;

  /**
   * Into a file.
   *
   * @param file its folder must be there
   */
  public CsvLog(Path file) {
    this.file = file;
  }

  @Override
  public void onTrainingBegin(Model model, Fit fit) {
    names = model.metricNames();
    begun = false;
  }

  @Override
  public void onEpoch(History.Epoch epoch) {
    List<String> cells = new ArrayList<>(List.of(Integer.toString(epoch.number()), Long.toString(epoch.samples()),
        Double.toString(epoch.seconds())));
    addTo(cells, epoch.training());
    addTo(cells, epoch.validation());
    if (begun) {
      write(String.join(",", cells) + "\n", StandardOpenOption.APPEND);
    } else {
      write(header() + String.join(",", cells) + "\n", StandardOpenOption.TRUNCATE_EXISTING);
      begun = true;
    }
  }

  private void addTo(List<String> cells, @Nullable Evaluation evaluation) {
    cells.add(evaluation == null ? "" : Double.toString(evaluation.loss()));
    for (int i = 0; i < names.size(); i++) {
      cells.add(evaluation == null ? "" : Double.toString(evaluation.metrics().get(i)));
    }
  }

  private String header() {
    List<String> columns = new ArrayList<>(List.of("epoch", "samples", "seconds"));
    for (String of : List.of("", "validation ")) {
      columns.add(of + "loss");
      names.forEach(name -> columns.add(of + name));
    }
    return String.join(",", columns) + "\n";
  }

  private void write(String text, StandardOpenOption how) {
    try {
      Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.WRITE, how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void restore(ListenerState state) {
    begun = Files.exists(file);
  }
}
