package org.panagrad.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;

/** Samples off the heap or in a mapped file, one after the other. */
final class RecordDataset implements Dataset {
  private final Arena arena;
  private final RecordLayout layout;
  private final MemorySegment records;
  private final int size;

  /** Takes the arena over: {@link #close} closes it. The samples must have been checked. */
  RecordDataset(Arena arena, RecordLayout layout, MemorySegment records, int size) {
    this.arena = arena;
    this.layout = layout;
    this.records = records;
    this.size = size;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public List<Column> columns() {
    return layout.columns();
  }

  @Override
  public void loadSample(int sample, int row, MemorySegment... columns) {
    Objects.checkIndex(sample, size);
    if (!records.scope().isAlive()) {
      throw new IllegalStateException(
          "this data set of " + size + " samples is closed: load from it before closing it");
    }
    layout.load(records, sample * layout.bytes(), row, columns);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
