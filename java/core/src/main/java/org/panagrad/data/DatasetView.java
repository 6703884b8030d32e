package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/** Some consecutive samples of another data set, which owns them. */
record DatasetView(Dataset base, int from, int to) implements Dataset {
  DatasetView {
    Objects.checkFromToIndex(from, to, base.size());
  }

  @Override
  public int size() {
    return to - from;
  }

  @Override
  public int features() {
    return base.features();
  }

  @Override
  public int classes() {
    return base.classes();
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment features, MemorySegment labels) {
    base.loadSample(from + Objects.checkIndex(sample, size()), row, features, labels);
  }

  @Override
  public void close() {}
}
