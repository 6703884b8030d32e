package org.panagrad.metric;

import java.lang.foreign.MemorySegment;

/** A number per sample whose mean over a dataset is reported beside the loss. */
public interface Metric {
  /**
   * Name in reports.
   *
   * @return as "accuracy"
   */
  String name();

  /**
   * Sum over a batch.
   *
   * @param prediction batch x outputs floats
   * @param target     as the loss takes it
   * @param batch      samples
   * @param outputs    elements of a sample's prediction
   * @return the samples' numbers, added up
   */
  double sum(MemorySegment prediction, MemorySegment target, long batch, long outputs);
}
