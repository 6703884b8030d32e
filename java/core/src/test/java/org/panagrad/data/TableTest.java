package org.panagrad.data;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.panagrad.TestData;
import org.panagrad.io.DataException;
import org.panagrad.io.Mutations;

class TableTest {
  @TempDir
  private Path folder;

  private Path write(String text) throws IOException {
    return Mutations.rewrite(folder.resolve("t"), text.getBytes(UTF_8));
  }

  private Table csv(String text) throws IOException {
    return Csv.of().read(write(text));
  }

  private Table arff(String text) throws IOException {
    return Arff.of().read(write(text));
  }

  // CSV

  @Test
  void readsQuotedFieldsAndEveryKindOfLineEnd() throws IOException {
    try (Table table = csv("\ufeffa , \"b \"\"x\"\"\",c\r\n 1.5 ,\"x,\ny\", p\n\n-2e1,z,\"q\" \r3,z,q")) {
      assertEquals(List.of("a", "b \"x\"", "c"), table.names());
      assertEquals(3, table.rows());
      assertEquals(1.5f, table.number(0, "a"));
      assertEquals(-20f, table.number(1, "a"));
      assertEquals(List.of("x,\ny", "z"), table.categories("b \"x\""));
      assertEquals(List.of("p", "q"), table.categories("c"));
      assertEquals(1, table.category(2, "c"));
      assertEquals(List.of(), table.categories("a"));
    }
  }

  @Test
  void optionsChangeSeparatorHeaderAndKinds() throws IOException {
    try (Table table = Csv.of().header(false).separator(';').nominal("column 2").read(write("1;10\n2;9\n3;10\n"))) {
      assertEquals(List.of("column 1", "column 2"), table.names());
      assertEquals(List.of("9", "10"), table.categories("column 2"), "sorted by value");
      assertEquals(0, table.category(1, "column 2"));
      assertThrows(IllegalArgumentException.class, () -> table.number(0, "column 2"));
      assertThrows(IllegalArgumentException.class, () -> table.category(0, "column 1"));
    }
  }

  @Test
  void gapsAreRefusedDroppedOrKept() throws IOException {
    String text = "x,k,y\n,a,1\n2,NA,2\n4,b,3\n6,a,4\n";
    Path file = write(text);
    assertEquals(file + ": line 2 has no value in column \"x\": fill it in, or read with Missing.DROP or Missing.KEEP",
        assertThrows(DataException.class, () -> Csv.of().read(file)).getMessage());
    try (Table dropped = Csv.of().missing(Missing.DROP).read(file)) {
      assertEquals(2, dropped.rows());
    }
    try (Table kept = Csv.of().missing(Missing.KEEP).read(file)) {
      assertEquals(4, kept.rows());
      assertTrue(Float.isNaN(kept.number(0, "x")));
      assertEquals(-1, kept.category(1, "k"));
      assertEquals("column \"x\" has no value in row 0: read the file with Missing.DROP, or fill inputs by Standardize",
          assertThrows(IllegalArgumentException.class, () -> kept.dataset("y")).getMessage());
      assertEquals("column \"k\" has no value in row 1: a target needs one; read the file with Missing.DROP",
          assertThrows(IllegalArgumentException.class, () -> kept.without("x").dataset("k")).getMessage());
      try (Dataset dataset = Standardize.of(kept.only("x")).apply(kept).dataset("y")) {
        float d = (float) Math.sqrt(8 / 3.0);
        assertArrayEquals(new float[]{0, 1, 0, -2 / d, 0, 0, 0, 0, 1, 2 / d, 1, 0},
            ArrayDatasetTest.floats(dataset, 0), 1e-6f);
      }
    }
    try (Table late = Csv.of().missing(Missing.KEEP).read(write("k\n?\n?\nb\na\n"))) {
      assertEquals(-1, late.category(1, "k"), "gaps before it was known that these are categories");
      assertEquals(1, late.category(2, "k"));
    }
  }

  @Test
  void wrongCsvFilesAreRefusedByLineColumnAndValue() {
    refuses("line 3 has 3 values: expected 2, one for each column", "a,b\n1,2\n1,2,3\n");
    refuses("line 3 has \"x\" in column \"b\": expected a number; the values before are numbers: correct it, or say "
        + "that the column is nominal", "a,b\n1,2\n1,x\n");
    refuses("line 3 has \"1e99\" in column \"a\": expected a number that a float can hold; the values before are "
        + "numbers: correct it, or say that the column is nominal", "a\n1\n1e99\n");
    refuses("line 3 has \"1f\" in column \"a\": expected a number; the values before are numbers: correct it, or say "
        + "that the column is nominal", "a\n1\n1f\n");
    refuses("two columns are named \"a\": rename one", "a,a\n1,2\n");
    refuses("line 2 opens a quote in value 1 that is never closed", "a\n\"x\n");
    refuses("line 2 has 'y' after the closing quote of value 1: expected a separator; a quote within quotes is doubled",
        "a\n\"x\"y\n");
    refuses("line 2 has a quote within value 2, which does not begin with one: quote the whole value and double the "
        + "quotes in it", "a,b\n1,5\"\n");
    refuses("is empty: expected a header", "\n\n");
    refuses("holds no rows", "a,b\n");
    refuses("line 2 holds more than 1048576 characters without an end: is a quote not closed?",
        "a\n\"" + "x".repeat(1 << 21) + "\"\n");
    refuses("line 1 has more than 65536 values", ",".repeat(1 << 17));
  }

  private void refuses(String problem, String text) {
    assertEquals(folder.resolve("t") + ": " + problem,
        assertThrows(DataException.class, () -> csv(text).close()).getMessage());
  }

  @Test
  void otherEncodingsAndMissingFilesAreRefused() throws IOException {
    Path file = Files.write(folder.resolve("latin"), "a\n\u00e9\n".getBytes(ISO_8859_1));
    assertTrue(assertThrows(DataException.class, () -> Csv.of().read(file)).getMessage().contains("is not UTF-8 text"));
    assertThrows(DataException.class, () -> Csv.of().read(folder.resolve("none")));
    assertTrue(assertThrows(DataException.class, () -> Csv.of().nominal("z").read(write("a\n1\n"))).getMessage()
        .endsWith("has no column \"z\" that could be nominal: its columns are [a]"));
  }

  // ARFF

  private static final String ARFF = """
      % a comment
      @RELATION 'some thing'
      @attribute 'the x' REAL
      @Attribute k {b, 'a c', "it's"}  % why not
      @attribute n integer

      @DATA
      1.5, 'a c', 3 % here too
      % nothing
      -2 ,b,4
      0,'it\\'s',5
      """;

  @Test
  void readsArff() throws IOException {
    try (Table table = arff(ARFF)) {
      assertEquals(List.of("the x", "k", "n"), table.names());
      assertEquals(List.of("b", "a c", "it's"), table.categories("k"));
      assertEquals(3, table.rows());
      assertEquals(1.5f, table.number(0, "the x"));
      assertEquals(2, table.category(2, "k"));
      try (Dataset dataset = table.dataset("k")) {
        assertEquals(3, dataset.classes());
        assertArrayEquals(new float[]{1.5f, 3, -2, 4, 0, 5}, ArrayDatasetTest.floats(dataset, 0));
        assertArrayEquals(new int[]{1, 0, 2}, ArrayDatasetTest.ints(dataset, 1));
      }
    }
  }

  @Test
  void wrongArffFilesAreRefusedByLineAndValue() {
    String head = "@attribute x real\n@attribute k {a,b}\n@data\n";
    refusesArff("line 4 has \"c\" in column \"k\": expected one of [a, b]", head + "1,c\n");
    refusesArff("line 4 has \"y\" in column \"x\": expected a number", head + "y,a\n");
    refusesArff("line 4 has no value in column \"k\": fill it in, or read with Missing.DROP or Missing.KEEP",
        head + "1,?\n");
    refusesArff("line 4 is a sparse row: write it with all its values, as 0,1,0", head + "{0 1, 1 a}\n");
    refusesArff("line 4 has 1 values: expected 2, one for each column", head + "1\n");
    refusesArff("line 4 has nothing where a value belongs: write ? for a gap", head + "1,\n");
    refusesArff("line 4 opens a quote at character 3 that is never closed", head + "1,'a\n");
    refusesArff("line 1 declares attribute \"s\" as \"string\": expected numeric, real, integer or {categories}; leave "
        + "such columns out of the file", "@attribute s string\n");
    refusesArff("line 1 declares the category \"a\" twice, in attribute \"k\"", "@attribute k {a,a}\n");
    refusesArff("line 1 does not close the categories of attribute \"k\" with }", "@attribute k {a,b\n");
    refusesArff("line 1 begins with \"x\": expected @relation, @attribute or @data", "x y\n");
    refusesArff("line 1 begins the data, but no @attribute came before", "@data\n");
    refusesArff("ends at line 2 without @data: is it an ARFF file?", "@relation r\n");
    refusesArff("holds no rows", head);
  }

  private void refusesArff(String problem, String text) {
    assertEquals(folder.resolve("t") + ": " + problem,
        assertThrows(DataException.class, () -> arff(text).close()).getMessage());
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    StringBuilder text = new StringBuilder("id,\"na me\",x\n");
    for (int i = 0; i < 20; i++) {
      text.append(i).append(",\"c").append(i % 3).append("\",").append(i * 0.5).append('\n');
    }
    Path file = folder.resolve("m");
    int refused = Mutations.run("CSV", text.toString().getBytes(UTF_8), 1000,
        bytes -> Csv.of().read(Mutations.rewrite(file, bytes)).close());
    assertTrue(refused > 100, "refused " + refused);
    refused = Mutations.run("ARFF", ARFF.getBytes(UTF_8), 1000,
        bytes -> Arff.of().read(Mutations.rewrite(file, bytes)).close());
    assertTrue(refused > 100, "refused " + refused);
  }

  // what is made of a table

  @Test
  void standardizesByTheTrainingRowsAlone() throws IOException {
    try (Table table = csv("x,c,y\n1,5,10\n3,5,20\n100,7,30\n")) {
      Table training = table.select(0, 1);
      Standardize standardize = Standardize.of(training.without("y"));
      assertEquals(2, standardize.mean("x"));
      assertEquals(1, standardize.deviation("x"));
      assertEquals(1, standardize.deviation("c"), "never changes");
      Table all = standardize.apply(table);
      assertEquals(98, all.number(2, "x"));
      assertEquals(2, all.number(2, "c"));
      assertEquals(30, all.number(2, "y"));
      assertThrows(IllegalArgumentException.class, () -> standardize.mean("y"));
      assertThrows(IllegalArgumentException.class, () -> standardize.apply(all));
      assertThrows(IllegalArgumentException.class, () -> Standardize.of(all));
      assertThrows(IllegalArgumentException.class, () -> standardize.apply(table.without("x")));
    }
  }

  @Test
  void rowsAndColumnsAreSelected() throws IOException {
    try (Table table = csv("x,k,y\n1,a,10\n3,b,20\n5,b,30\n")) {
      assertEquals(List.of("y", "x"), table.only("y", "x").names());
      assertEquals(List.of("x"), table.without("k", "y").names());
      assertEquals(5, table.select(2, 0).select(0).number(0, "x"));
      assertThrows(IndexOutOfBoundsException.class, () -> table.select(3));
      assertThrows(IndexOutOfBoundsException.class, () -> table.number(3, "x"));
      assertEquals("there is no column \"z\": the columns are [x, k, y]",
          assertThrows(IllegalArgumentException.class, () -> table.without("z")).getMessage());
      assertThrows(IllegalArgumentException.class, () -> table.dataset("x", "k", "y"));
      assertThrows(IllegalArgumentException.class, () -> table.folds(4, "k", 1), "more than rows");
      assertEquals("column \"x\" holds numbers, not categories: say when reading that it is nominal",
          assertThrows(IllegalArgumentException.class, () -> table.folds(2, "x", 1)).getMessage());
      try (Dataset dataset = table.dataset("y", "k")) {
        assertEquals(List.of(Column.input("features", 1), Column.numbers("y", 1), Column.labels("k", 1, 2)),
            dataset.columns());
      }
      Table.Split split = table.split(2 / 3.0, 1);
      assertEquals(2, split.training().rows());
      assertEquals(1, split.test().rows());
    }
  }

  // real files

  @Test
  void readsBreastCancer() throws IOException {
    try (Table table = Csv.of().read(TestData.file("breast-cancer.csv"))) {
      assertEquals(569, table.rows());
      assertEquals(List.of("B", "M"), table.categories("diagnosis"));
      List<Table.Split> folds = table.without("id").folds(5, "diagnosis", 1);
      assertEquals(569, folds.stream().mapToInt(fold -> fold.test().rows()).sum());
      try (Dataset dataset = folds.getFirst().training().dataset("diagnosis")) {
        assertEquals(30, dataset.features());
        assertEquals(2, dataset.classes());
      }
      try (Dataset dataset = table.without("id").dataset("diagnosis")) {
        assertEquals(212, Arrays.stream(ArrayDatasetTest.ints(dataset, 1)).sum(), "malignant");
        assertEquals(17.99f, ArrayDatasetTest.floats(dataset, 0)[0]);
      }
    }
  }

  @Test
  void readsIris() throws IOException {
    try (Table table = Arff.of().read(TestData.file("iris.arff")); Dataset dataset = table.dataset("class")) {
      assertEquals(150, dataset.size());
      assertEquals(4, dataset.features());
      assertEquals(List.of("Iris-setosa", "Iris-versicolor", "Iris-virginica"), table.categories("class"));
      int[] counts = new int[3];
      Arrays.stream(ArrayDatasetTest.ints(dataset, 1)).forEach(label -> counts[label]++);
      assertArrayEquals(new int[]{50, 50, 50}, counts);
      assertEquals(5.8433, Standardize.of(table).mean("sepallength"), 1e-4);
    }
  }

  @Test
  void readsCaliforniaHousing() throws IOException {
    try (Table table = Arff.of().read(TestData.file("cal-housing.arff"))) {
      String price = table.names().getLast();
      Table.Split split = table.split(0.8, 1);
      Standardize standardize = Standardize.of(split.training().without(price));
      try (Dataset training = standardize.apply(split.training()).dataset(price);
          Dataset all = table.dataset(price)) {
        assertEquals(20_640, all.size());
        assertEquals(8, all.features());
        assertEquals(16_512, training.size());
        double sum = 0;
        for (float value : ArrayDatasetTest.floats(all, 1)) {
          sum += value;
        }
        assertEquals(206_855.8169, sum / 20_640, 0.001, "mean price");
        assertEquals(0, mean(ArrayDatasetTest.floats(training, 0)), 1e-6);
      }
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
