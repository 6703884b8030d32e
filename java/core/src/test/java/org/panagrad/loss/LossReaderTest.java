package org.panagrad.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.panagrad.loss.LossAssertions.refused;

import java.io.IOException;
import java.lang.reflect.Modifier;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.panagrad.io.DataException;
import org.panagrad.io.Json;
import org.panagrad.kernel.Backend;
import org.panagrad.kernel.Compute;

/** Descriptions of losses, there and back: no loss is forgotten, and what comes back computes the same. */
class LossReaderTest {
  private static final int ROWS = 4, COLUMNS = 3;

  static Stream<Loss> samples() {
    return LossSamples.all().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void whatComesBackIsTheSame(Loss loss) throws DataException {
    Loss back = Losses.described((Map<?, ?>) Json.parse(Json.write(loss.describe())));
    assertEquals(loss.describe(), back.describe());
    float[] expected = new float[ROWS * COLUMNS], gradient = new float[ROWS * COLUMNS];
    try (Compute compute = Compute.of(Backend.SCALAR)) {
      assertEquals(call(compute, loss, expected).evaluate(loss), call(compute, back, gradient).evaluate(back));
    }
    assertArrayEquals(expected, gradient);
  }

  /** Logits that are probabilities, too; a target of 1 is right for all losses of numbers. */
  private static LossCall call(Compute compute, Loss loss, float[] gradient) {
    float[] x = {0.5f, 0.25f, 0.125f, 0.75f, 0.1f, 0.3f, 0.9f, 0.2f, 0.6f, 0.35f, 0.45f, 0.05f};
    LossCall call = LossCall.on(compute);
    if (loss.takesLabels()) {
      call.of(x, new int[]{0, 2, 1, 0}, gradient, ROWS, COLUMNS);
    } else {
      float[] target = new float[x.length];
      Arrays.fill(target, 1);
      target[0] = loss instanceof Consistency || loss instanceof PseudoLabels ? -1 : 1;
      call.of(x, target, gradient, ROWS, COLUMNS);
    }
    return loss instanceof SequenceCrossEntropy ? call.steps(2) : call;
  }

  @Test
  void allFactoriesAreSampled() {
    Set<String> factories = Stream.of(Losses.class.getDeclaredMethods())
        .filter(m -> Modifier.isPublic(m.getModifiers()) && !m.getName().equals("described"))
        .filter(m -> Loss.class.isAssignableFrom(m.getReturnType())).map(m -> m.getName())
        .filter(name -> !name.startsWith("custom")) // no file holds a lambda
        .collect(Collectors.toCollection(TreeSet::new));
    factories.removeAll(samples().map(loss -> (String) loss.describe().get("name")).toList());
    assertEquals(Set.of(), factories, "take them up into LossSamples and LossReader");
  }

  @Test
  void allClassesAreSampled() throws IOException, URISyntaxException {
    Path classes = Path.of(Loss.class.getResource("Loss.class").toURI()).getParent();
    Set<Class<?>> sampled = samples().map(Loss::getClass).collect(Collectors.toSet());
    try (Stream<Path> files = Files.list(classes)) {
      Set<String> forgotten = files.map(file -> file.getFileName().toString()).filter(file -> file.endsWith(".class"))
          .map(file -> load(file.substring(0, file.length() - ".class".length())))
          .filter(one -> Loss.class.isAssignableFrom(one) && !one.isInterface())
          .filter(Predicate.not(sampled::contains)).map(Class::getSimpleName).collect(Collectors.toSet());
      assertEquals(Set.of(), forgotten, "take them up into LossSamples and LossReader");
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(Loss.class.getPackageName() + "." + name, false, Loss.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void nonsense() {
    refused("there is no loss null", () -> Losses.described(Map.of()));
    refused("there is no loss 7", () -> Losses.described(Map.of("name", 7)));
    refused("classWeight|loss hinge", () -> Losses.described(Map.of("name", "hinge", "classWeight", 1)));
    refused("by hand|Model.load", () -> Losses.described(Losses.custom((y, t) -> y.minus(t).sum()).describe()));
    refused("labelSmoothing", () -> Losses.described(Map.of("name", "nll", "labelSmoothing", 0.1)));
  }
}
