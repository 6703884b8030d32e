package org.panagrad.examples;

import java.util.List;

/** All examples, in the order of the README. */
public final class Examples {
  private static final List<Example> ALL = List.of(new Xor(), new MlpTanh(), new MlpRelu(), new LinearRegression(),
      new PolynomialRegression(), new Svm(), new Housing(), new Imbalance(), new Autoencoder(),
      new AdversarialExamples(), new MultiTask(), new LanguageModel(), new Translation(), new Speech(),
      new SemiSupervised(), new SelfSupervised(), new Gan(), new Detection(), new CnnMnist());

  private Examples() {
  }

  /**
   * The examples.
   *
   * @return each once
   */
  public static List<Example> all() {
    return ALL;
  }

  /**
   * An example.
   *
   * @param name of it
   * @return it
   * @throws IllegalArgumentException if there is none
   */
  public static Example named(String name) {
    return ALL.stream().filter(example -> example.name().equals(name)).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no example " + name + ": there are "
            + String.join(", ", ALL.stream().map(Example::name).toList())));
  }
}
