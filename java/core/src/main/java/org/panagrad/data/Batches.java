package org.panagrad.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.panagrad.kernel.Philox;

/**
 * A dataset cut into batches, in its own order or shuffled. There is one {@link Batch}, loaded anew each time: use it
 * before asking for the next. Its memory is freed with this object.
 */
public final class Batches implements Iterable<Batch> {
  /** Apart from the streams of initial values. */
  private static final long SHUFFLE_STREAM = 1L << 62;

  private final Dataset dataset;
  private final int[] order;
  private final Batch batch;

  /**
   * Batches of a dataset in its own order.
   *
   * @param dataset at least one sample
   * @param size    samples of a batch, at least 1
   * @throws IllegalArgumentException if the dataset is empty or size is less than 1
   */
  public Batches(Dataset dataset, int size) {
    if (size < 1) {
      throw new IllegalArgumentException("the batch size is " + size + ": it must be at least 1");
    }
    if (dataset.size() == 0) {
      throw new IllegalArgumentException("the dataset is empty: there is nothing to make batches of");
    }
    this.dataset = dataset;
    order = new int[dataset.size()];
    batch = new Batch(dataset.columns(), Math.min(size, dataset.size()));
    inOrder();
  }

  private void inOrder() {
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
  }

  /**
   * Shuffles (Fisher and Yates): the order depends on seed and epoch alone, not on earlier orders.
   *
   * @param seed  of the run
   * @param epoch from 0
   */
  public void shuffle(long seed, int epoch) {
    inOrder();
    for (int i = order.length - 1; i > 0; i--) {
      int j = Philox.below(seed, SHUFFLE_STREAM + epoch, i, i + 1);
      int sample = order[i];
      order[i] = order[j];
      order[j] = sample;
    }
  }

  /**
   * Number of batches.
   *
   * @return the last, smaller one included
   */
  public int count() {
    return (order.length + batch.capacity() - 1) / batch.capacity();
  }

  /**
   * Loads a batch. Allocates nothing.
   *
   * @param index from 0
   * @return the one batch there is
   * @throws IndexOutOfBoundsException if there is no such batch
   */
  public Batch load(int index) {
    if (index < 0 || index >= count()) {
      throw new IndexOutOfBoundsException("batch " + index + " of " + count());
    }
    int from = index * batch.capacity();
    batch.load(dataset, order, from, Math.min(batch.capacity(), order.length - from));
    return batch;
  }

  @Override
  public Iterator<Batch> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < count();
      }

      @Override
      public Batch next() {
        if (!hasNext()) {
          throw new NoSuchElementException("all " + count() + " batches were seen");
        }
        return load(next++);
      }
    };
  }
}
