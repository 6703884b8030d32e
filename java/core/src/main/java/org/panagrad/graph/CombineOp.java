package org.panagrad.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;
import org.panagrad.kernel.BinaryFunction;
import org.panagrad.kernel.Compute;
import org.panagrad.kernel.Kernels;
import org.panagrad.kernel.Spread;
import org.panagrad.kernel.Workers;

/**
 * A function of two values, element by element. An operand with one number for each row, or one that is not batched, is
 * spread over the output; its gradient is the sum over what it was spread to.
 */
public final class CombineOp extends RangeOp {
  private final BinaryFunction f;
  private final Operand a, b;
  private final Value y;
  private final long columns;

  /**
   * The operation.
   *
   * @param f which function
   * @param a first operand
   * @param b second operand; each has as many columns as y, or one
   * @param y batched if one of them is
   */
  public CombineOp(BinaryFunction f, Value a, Value b, Value y) {
    super(y, y.shape().elements());
    this.f = f;
    this.y = y;
    columns = y.shape().elements();
    this.a = new Operand(a);
    this.b = new Operand(b);
  }

  @Override
  public void plan(Compute compute, Memory memory, int batch) {
    super.plan(compute, memory, batch);
    a.plan(memory, batch);
    b.plan(memory, batch);
  }

  @Override
  void forward(Kernels kernels, long from, long to) {
    kernels.combine(f, a.value.data(), a.spread, b.value.data(), b.spread, y.data(), columns, from, to);
  }

  @Override
  public void backward(Pass pass) {
    super.backward(pass);
    a.collect();
    b.collect();
  }

  @Override
  void backward(Kernels kernels, long from, long to) {
    kernels.combineBackward(f, a.value.data(), a.spread, b.value.data(), b.spread, y.gradient(), a.each, b.each,
        columns,
        from, to);
  }

  /** One side: how it is spread, and how its gradient is gathered. */
  private final class Operand {
    private final Value value;
    private final Spread spread;
    private final Sums sums = new Sums();
    private final Workers.Task columnBlock = this::columnBlock, rowPart = this::rowPart;
    /** The gradient of every element of the output; null where none is needed. */
    private @Nullable MemorySegment each;
    private MemorySegment blockSums;

    Operand(Value value) {
      this.value = value;
      long own = value.shape().elements();
      if (value.batched() == y.batched() && own == columns) {
        spread = Spread.FULL;
      } else if (value.batched()) {
        spread = Spread.PER_ROW;
      } else {
        spread = own == 1 ? Spread.SCALAR : Spread.PER_COLUMN;
      }
    }

    void plan(Memory memory, int batch) {
      if (!value.needsGradient()) {
        return;
      }
      long n = y.elements(batch);
      each = spread == Spread.FULL ? value.gradient() : memory.floats(n);
      if (spread == Spread.PER_COLUMN) {
        blockSums = memory.floats(Panels.count(y.rows(batch), Kernels.BLOCK) * columns);
      } else if (spread == Spread.SCALAR) {
        sums.plan(compute(), memory, n);
      }
    }

    void collect() {
      if (each == null) {
        return;
      }
      long rows = units();
      switch (spread) {
        case FULL -> {
          // it is where it belongs
        }
        case PER_ROW -> compute().run(rowPart, Panels.count(rows, compute().part(Kernels.BLOCK)));
        case PER_COLUMN -> {
          long blocks = Panels.count(rows, Kernels.BLOCK);
          compute().run(columnBlock, blocks);
          compute().kernels().sumPartials(blockSums, value.gradient(), blocks, columns, 0, columns);
        }
        case SCALAR -> {
          value.gradient().setAtIndex(JAVA_FLOAT, 0, (float) sums.of(each, rows * columns));
          compute().kernels().upload(value.gradient());
        }
      }
    }

    private void rowPart(long part, int worker) {
      long size = compute().part(Kernels.BLOCK), from = part * size;
      compute().kernels().rowSums(each, value.gradient(), columns, from, Math.min(units(), from + size));
    }

    private void columnBlock(long block, int worker) {
      compute().kernels().columnSums(each, blockSums, units(), columns, Kernels.BLOCK, block, block + 1);
    }
  }
}
