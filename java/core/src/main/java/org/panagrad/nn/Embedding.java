package org.panagrad.nn;

import java.util.LinkedHashMap;
import java.util.Map;
import org.panagrad.graph.EmbeddingOp;
import org.panagrad.graph.Parameter;
import org.panagrad.graph.Shape;
import org.panagrad.graph.Value;

/**
 * A row of learned numbers for each word: the rows of a table, which begins with standard normal numbers.
 *
 * @param vocabulary words, numbered from 0
 * @param units      numbers of a row
 */
public record Embedding(int vocabulary, int units) implements Layer {

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if one is less than 1
   */
  public Embedding {
    if (vocabulary < 1 || units < 1) {
      throw new IllegalArgumentException(
          "Embedding of " + vocabulary + " words in " + units + " numbers: both must be at least 1");
    }
  }

  /**
   * The layer.
   *
   * @param vocabulary words
   * @param units      numbers of a row
   * @return it
   */
  public static Embedding of(int vocabulary, int units) {
    return new Embedding(vocabulary, units);
  }

  @Override
  public String kind() {
    return "embedding";
  }

  @Override
  public Value build(Builder builder, Value... x) {
    if (!x[0].isInt()) {
      throw builder.refuse("its input of shape " + x[0].shape() + " holds numbers: words are whole, see Input.tokens");
    }
    Shape shape = Shape.of(vocabulary, units);
    Parameter table = builder.parameter("weight", shape, shape, i -> i, Initializers.STANDARD_NORMAL, vocabulary,
        units);
    Value y = builder.value(Shape.of(x[0].shape().elements(), units), x);
    builder.add(new EmbeddingOp(x[0], y, table));
    return y;
  }

  @Override
  public Map<String, Object> options() {
    Map<String, Object> options = new LinkedHashMap<>();
    options.put("vocabulary", vocabulary);
    options.put("units", units);
    return options;
  }
}
