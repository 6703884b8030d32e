package org.panagrad.nn;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.panagrad.graph.ConcatenateOp;
import org.panagrad.graph.Graph;
import org.panagrad.graph.GruOp;
import org.panagrad.graph.LstmOp;
import org.panagrad.graph.Op;
import org.panagrad.graph.Recurrence;
import org.panagrad.graph.Shape;
import org.panagrad.graph.SplitOp;
import org.panagrad.graph.Value;

/**
 * The operations of a {@link Recurrent} layer: one or two directions, with states split and put together as it needs.
 */
final class RecurrentBuilder {
  private final Recurrent layer;
  private final Builder builder;
  private final Graph graph;
  private final Value x;
  private final @Nullable Value lengths, initial;
  private final boolean isLstm;

  RecurrentBuilder(Recurrent layer, Builder builder, Value... values) {
    this.layer = layer;
    this.builder = builder;
    graph = builder.graph();
    x = values[0];
    lengths = layer.hasLengths() ? values[1] : null;
    initial = layer.hasInitial() ? values[values.length - 1] : null;
    isLstm = layer.cell() == Recurrent.Cell.LSTM;
    requireShapes();
  }

  private void requireShapes() {
    if (x.shape().rank() != 2 || x.isInt()) {
      throw builder.refuse("its input has shape " + x.shape() + (x.isInt() ? " of ints" : "")
          + ": a sequence (steps x features) is needed");
    }
    if (lengths != null && (!lengths.isInt() || lengths.shape().elements() != 1)) {
      throw builder.refuse("its lengths have shape " + lengths.shape() + ": an int for each sample is needed");
    }
    if (initial != null && initial.shape().elements() != states()) {
      throw builder.refuse("the states to begin with have shape " + initial.shape() + ": " + states() + " are needed");
    }
  }

  private long states() {
    return isLstm ? 2L * layer.units() : layer.units();
  }

  Value build() {
    if (!layer.bidirectional()) {
      return direction(x, false);
    }
    Value forward = direction(x, false), backward = direction(graph.read(x), true);
    return concatenate(forward, backward);
  }

  private Value concatenate(Value first, Value second) {
    List<Value> both = List.of(graph.read(first), graph.read(second));
    long width = first.shape().last() + second.shape().last();
    Value y = builder.value(first.shape().rank() == 1 ? Shape.of(width) : Shape.of(first.shape().size(0), width), first,
        second);
    builder.add(new ConcatenateOp(both, y));
    return y;
  }

  private Value direction(Value x, boolean reverse) {
    String suffix = reverse ? "_l0_reverse" : "_l0";
    long features = x.shape().last();
    Recurrence.Weights weights = isLstm
        ? LstmOp.weights(builder::parameter, suffix, features, layer.units(), Initializers.RECURRENT_UNIFORM)
        : GruOp.weights(builder::parameter, suffix, features, layer.units(), Initializers.RECURRENT_UNIFORM);
    Recurrence recurrence = begin(Recurrence.of(x, weights));
    recurrence = reverse ? recurrence.reverse() : recurrence;
    recurrence = lengths == null ? recurrence : recurrence.lengths(lengths);
    return end(recurrence);
  }

  private Recurrence begin(Recurrence recurrence) {
    if (initial == null) {
      return recurrence;
    }
    if (!isLstm) {
      return recurrence.initial(initial, null);
    }
    Value hidden = state(initial), cell = state(initial);
    builder.add(new SplitOp(initial, List.of(hidden, cell)));
    return recurrence.initial(graph.read(hidden), graph.read(cell));
  }

  private Value state(Value from) {
    return builder.value(Shape.of(layer.units()), from);
  }

  private Value end(Recurrence recurrence) {
    if (layer.output() == Recurrent.Output.SEQUENCE) {
      Value y = builder.value(Shape.of(x.shape().size(0), layer.units()), x);
      builder.add(operation(recurrence.sequence(y)));
      return y;
    }
    Value hidden = state(x);
    if (layer.output() == Recurrent.Output.LAST || !isLstm) {
      builder.add(operation(recurrence.last(hidden, null)));
      return hidden;
    }
    Value cell = state(x);
    builder.add(operation(recurrence.last(hidden, cell)));
    return concatenate(hidden, cell);
  }

  private Op operation(Recurrence recurrence) {
    return isLstm ? new LstmOp(recurrence) : new GruOp(recurrence);
  }
}
