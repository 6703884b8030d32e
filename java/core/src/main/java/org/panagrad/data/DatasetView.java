package org.panagrad.data;

import java.lang.foreign.MemorySegment;
import java.util.List;
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
  public List<Column> columns() {
    return base.columns();
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment... columns) {
    base.loadSample(from + Objects.checkIndex(sample, size()), row, columns);
  }

  @Override
  public void close() {}
}
