package org.panagrad.kernel;

import static org.panagrad.kernel.Setup.EPS;
import static org.panagrad.kernel.Setup.TINY;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** {@link KernelCases} of recurrent cells: the formulas, with their errors, in {@link Rounded} numbers. */
final class RecurrentCases {
  /** Rows x units; a row of the last one is longer than native code takes from the heap in one call. */
  private static final List<Size> SIZES = List.of(Size.of(0, 3), Size.of(1, 1), Size.of(5, 3), Size.of(7, 10),
      Size.of(3, 16), Size.of(5, 17), Size.of(4, 65), Size.of(300, 33), Size.of(2, 32_771));

  private RecurrentCases() {
  }

  static List<KernelCase> all() {
    return List.of(new KernelCase("lstm_cell_f32", RecurrentCases::lstm, SIZES),
        new KernelCase("lstm_cell_backward_f32", RecurrentCases::lstmBackward, SIZES),
        new KernelCase("gru_cell_f32", RecurrentCases::gru, SIZES),
        new KernelCase("gru_cell_backward_f32", RecurrentCases::gruBackward, SIZES));
  }

  /** Of slope at most 1/4, and within 2.5 ulp. */
  private static Rounded sigmoid(Rounded x) {
    double y = KernelCases.sigmoid(x.value());
    return new Rounded(y, x.error() / 4 + 5 * EPS * y + 5 * TINY);
  }

  /** Of slope at most 1, and within 1.5 ulp. */
  private static Rounded tanh(Rounded x) {
    double y = StrictMath.tanh(x.value());
    return new Rounded(y, x.error() + 3 * EPS * Math.abs(y) + 3 * TINY);
  }

  private static Rounded sigmoidSlope(Rounded s) {
    return s.times(Rounded.exact(1).minus(s));
  }

  private static Rounded tanhSlope(Rounded t) {
    return Rounded.exact(1).minus(t.times(t));
  }

  /** One unit of one row: where its gates and states stand. */
  private record Unit(double[][] in, long units, int j) {
    int gate(int g) {
      return (int) ((j / units * RecurrentKernels.GATES + g) * units + j % units);
    }

    Rounded given(int g) {
      return Rounded.exact(in[0][gate(g)]);
    }

    Rounded biased(int g) {
      return given(g).plus(Rounded.exact(in[1][(int) (g * units + j % units)]));
    }

    Rounded state(int array) {
      return Rounded.exact(in[array][j]);
    }
  }

  /** What comes out at a unit: its four gates, then its element of each further output. */
  @FunctionalInterface
  private interface Formula {
    Rounded[] at(Unit unit);
  }

  private static Setup.Oracle oracle(Size s, Formula formula, int... outputs) {
    return (in, out, within) -> {
      for (int j = 0; j < s.rows() * s.columns(); j++) {
        Unit unit = new Unit(in, s.columns(), j);
        Rounded[] terms = formula.at(unit);
        for (int g = 0; g < RecurrentKernels.GATES; g++) {
          terms[g].put(out[0], within[0], unit.gate(g));
        }
        for (int k = 0; k < outputs.length; k++) {
          terms[RecurrentKernels.GATES + k].put(out[outputs[k]], within[outputs[k]], j);
        }
      }
    };
  }

  private static MemorySegment zeros(long n) {
    return MemorySegment.ofArray(new float[(int) n]);
  }

  /** A cell's backward pass works on a copy of the gates. */
  private static MemorySegment copy(MemorySegment gates, MemorySegment to) {
    return to.copyFrom(gates);
  }

  private static Setup lstm(Size s) {
    long units = s.columns(), n = s.rows() * units;
    return new Setup().inOut("gates", 4 * n, -3, 3).in("bias", 4 * units, -1, 1).in("previousCell", n, -2, 2)
        .out("cell", n).out("hidden", n).range(0, s.rows())
        .call((k, a, from, to) -> k.lstmCell(a[0], a[1], a[2], a[3], a[4], units, from, to))
        .oracle(oracle(s, u -> {
          Rounded i = sigmoid(u.biased(0)), f = sigmoid(u.biased(1)), g = tanh(u.biased(2)), o = sigmoid(u.biased(3));
          Rounded c = f.times(u.state(2)).plus(i.times(g));
          return new Rounded[]{i, f, g, o, c, o.times(tanh(c))};
        }, 3, 4))
        .gradient(0, 4, Double.NaN, (k, a, dy, dx) -> k.lstmCellBackward(copy(a[0], dx), a[2], a[3], dy, zeros(n),
            zeros(n), units, 0, s.rows()))
        .gradient(0, 3, Double.NaN, (k, a, dy, dx) -> k.lstmCellBackward(copy(a[0], dx), a[2], a[3], zeros(n), dy,
            zeros(n), units, 0, s.rows()))
        .gradient(2, 4, Double.NaN, (k, a, dy, dx) -> k.lstmCellBackward(copy(a[0], zeros(4 * n)), a[2], a[3], dy,
            zeros(n), dx, units, 0, s.rows()))
        .gradient(2, 3, Double.NaN, (k, a, dy, dx) -> k.lstmCellBackward(copy(a[0], zeros(4 * n)), a[2], a[3],
            zeros(n), dy, dx, units, 0, s.rows()));
  }

  private static Setup lstmBackward(Size s) {
    long units = s.columns(), n = s.rows() * units;
    return new Setup().inOut("gates", 4 * n, 0, 1).in("previousCell", n, -2, 2).in("cell", n, -2, 2)
        .in("hiddenGradient", n, -1, 1).in("cellGradient", n, -1, 1).out("previousCellGradient", n).range(0, s.rows())
        .call((k, a, from, to) -> k.lstmCellBackward(a[0], a[1], a[2], a[3], a[4], a[5], units, from, to))
        .oracle(oracle(s, u -> {
          Rounded i = u.given(0), f = u.given(1), g = u.given(2), o = u.given(3), t = tanh(u.state(2));
          Rounded dh = u.state(3), dc = dh.times(o).times(tanhSlope(t)).plus(u.state(4));
          return new Rounded[]{dc.times(g).times(sigmoidSlope(i)), dc.times(u.state(1)).times(sigmoidSlope(f)),
              dc.times(i).times(tanhSlope(g)), dh.times(t).times(sigmoidSlope(o)), dc.times(f)};
        }, 5));
  }

  private static Setup gru(Size s) {
    long units = s.columns(), n = s.rows() * units;
    return new Setup().inOut("gates", 4 * n, -3, 3).in("bias", 4 * units, -1, 1).in("previousHidden", n, -1, 1)
        .out("hidden", n).range(0, s.rows())
        .call((k, a, from, to) -> k.gruCell(a[0], a[1], a[2], a[3], units, from, to))
        .oracle(oracle(s, u -> {
          Rounded r = sigmoid(u.biased(1)), z = sigmoid(u.biased(2)), q = u.biased(3);
          Rounded fresh = tanh(r.times(q).plus(u.biased(0)));
          return new Rounded[]{fresh, r, z, q, z.times(u.state(2).minus(fresh)).plus(fresh)};
        }, 3))
        .gradient(0, 3, Double.NaN, (k, a, dy, dx) -> k.gruCellBackward(copy(a[0], dx), a[2], dy, zeros(n), units, 0,
            s.rows()))
        .gradient(2, 3, Double.NaN, (k, a, dy, dx) -> {
          dx.asSlice(0, 4 * n).copyFrom(zeros(n));
          k.gruCellBackward(copy(a[0], zeros(4 * n)), a[2], dy, dx, units, 0, s.rows());
        });
  }

  private static Setup gruBackward(Size s) {
    long units = s.columns(), n = s.rows() * units;
    return new Setup().inOut("gates", 4 * n, 0, 1).in("previousHidden", n, -1, 1).in("hiddenGradient", n, -1, 1)
        .inOut("previousHiddenGradient", n, -1, 1).range(0, s.rows())
        .call((k, a, from, to) -> k.gruCellBackward(a[0], a[1], a[2], a[3], units, from, to))
        .oracle(oracle(s, u -> {
          Rounded fresh = u.given(0), r = u.given(1), z = u.given(2), q = u.given(3), dh = u.state(2);
          Rounded dn = dh.times(Rounded.exact(1).minus(z)).times(tanhSlope(fresh));
          return new Rounded[]{dn, dn.times(q).times(sigmoidSlope(r)),
              dh.times(u.state(1).minus(fresh)).times(sigmoidSlope(z)), dn.times(r), dh.times(z).plus(u.state(3))};
        }, 3));
  }
}
