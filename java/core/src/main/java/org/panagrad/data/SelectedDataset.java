package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Some samples of another data set, which owns them, in an order of their own. */
record SelectedDataset(Dataset base, int[] samples) implements Dataset {
  SelectedDataset {
    for (int i = 0; i < samples.length; i++) {
      if (samples[i] < 0 || samples[i] >= base.size()) {
        throw new IndexOutOfBoundsException(
            "samples[" + i + "] is " + samples[i] + ": expected a sample, 0 to " + (base.size() - 1));
      }
    }
    samples = samples.clone();
  }

  @Override
  public int size() {
    return samples.length;
  }

  @Override
  public List<Column> columns() {
    return base.columns();
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment... columns) {
    base.loadSample(samples[sample], row, columns);
  }

  @Override
  public void close() {}
}
