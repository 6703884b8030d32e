package org.panagrad.optim;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/** What the last changes of point and gradient tell of the inverse Hessian H (Nocedal and Wright, section 7.2). */
final class CurvatureHistory {
  /** s the change of the point, y that of the gradient, sy their product, positive. */
  private record Pair(double[] s, double[] y, double sy) {
  }

  private final int most;
  private final Deque<Pair> pairs = new ArrayDeque<>();

  CurvatureHistory(int most) {
    this.most = most;
  }

  boolean isEmpty() {
    return pairs.isEmpty();
  }

  void clear() {
    pairs.clear();
  }

  /** Takes up a change, unless the curvature along it is not positive, or so small that it is mere rounding. */
  void add(double[] s, double[] y) {
    double sy = Points.dot(s, y);
    if (!(sy > 0x1p-52 * Points.dot(y, y))) {
      return;
    }
    if (pairs.size() == most) {
      pairs.removeFirst();
    }
    pairs.addLast(new Pair(s, y, sy));
  }

  /** -H g: algorithm 7.4 with the first guess of equation 7.20, {@code H = sy / yy} of the last change. */
  double[] direction(double[] gradient) {
    double[] d = new double[gradient.length], shares = new double[pairs.size()];
    Points.move(d, -1, gradient, d);
    int i = 0;
    for (Iterator<Pair> latestFirst = pairs.descendingIterator(); latestFirst.hasNext(); i++) {
      Pair pair = latestFirst.next();
      shares[i] = Points.dot(pair.s, d) / pair.sy;
      Points.move(d, -shares[i], pair.y, d);
    }
    if (!pairs.isEmpty()) {
      Pair last = pairs.getLast();
      double scale = last.sy / Points.dot(last.y, last.y);
      for (int j = 0; j < d.length; j++) {
        d[j] *= scale;
      }
    }
    for (Pair pair : pairs) {
      i--;
      Points.move(d, shares[i] - Points.dot(pair.y, d) / pair.sy, pair.s, d);
    }
    return d;
  }
}
