package org.panagrad.examples;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.panagrad.data.ArrayDataset;
import org.panagrad.data.Batch;
import org.panagrad.data.Batches;
import org.panagrad.data.Dataset;
import org.panagrad.kernel.Compute;
import org.panagrad.loss.SequenceCrossEntropy;
import org.panagrad.nn.Dense;
import org.panagrad.nn.Embedding;
import org.panagrad.nn.Input;
import org.panagrad.nn.Lstm;
import org.panagrad.nn.Network;
import org.panagrad.nn.Node;
import org.panagrad.optim.Adam;
import org.panagrad.optim.Schedule;
import org.panagrad.train.Fit;
import org.panagrad.train.Head;
import org.panagrad.train.Model;

/**
 * Translation: dates as people write them become ISO dates, "March 3, 2021" 2021-03-03 and "Mar 2021" 2021-03. An LSTM
 * reads the date, and its last states are those with which a second one begins, which writes. In training the second reads
 * what it should have written (teacher forcing), at the test what it wrote; the days of the test are none of training's.
 *
 * <p>Of 1,000 dates it translates all without a fault after 12 epochs of 10,000 with 128 units; reduced to 3,000 and 64
 * units, 82 to 86 %.
 */
final class Translation implements Example {
  private static final List<DateTimeFormatter> WAYS = Stream
      .of("MMMM d, yyyy", "d MMM yyyy", "MM/dd/yyyy", "d.M.yyyy", "EEE, MMMM d yyyy", "MMM yyyy")
      .map(pattern -> DateTimeFormatter.ofPattern(pattern, Locale.US)).toList();
  private static final DateTimeFormatter DAY = DateTimeFormatter.ISO_LOCAL_DATE,
      MONTH = DateTimeFormatter.ofPattern("yyyy-MM", Locale.US);
  private static final LocalDate FIRST = LocalDate.of(1950, 1, 1);
  private static final int DAYS = 36_525;
  /** Most characters of a date, and of its translation with the end. */
  private static final int READ = 23, WRITTEN = 11;
  /** Characters are ASCII; 0 begins a translation and ends it. */
  private static final int CHARACTERS = 128, END = 0;

  @Override
  public String name() {
    return "translation";
  }

  @Override
  public String description() {
    return "dates as people write them become ISO dates, from one LSTM to another";
  }

  @Override
  public Report run(Setting setting) {
    int units = setting.reduced() ? 64 : 128, count = setting.reduced() ? 3_000 : 10_000, epochs = 12,
        batchSize = 32;
    double rate = 8e-3;
    try (Compute compute = setting.compute();
        Dataset training = dates(count, new Random(setting.seed()), false);
        Dataset test = dates(1_000, new Random(~setting.seed()), true);
        Model model = network(units).seed(setting.seed()).on(compute).compile(
            Adam.of(rate).learningRate(Schedule.cosine(rate, 4e-5, (long) epochs * count / batchSize)).clipNorm(1),
            Head.of("translation", SequenceCrossEntropy.of()).lengths("written"))) {
      model.fit(training, Fit.epochs(epochs).batchSize(batchSize).seed(setting.seed()));
      return new Report().figure("dates trained on", count)
          .figure("loss of the test", model.evaluate(test, 100).loss())
          .figure("exact translations of the test", exact(model, test, setting));
    }
  }

  private static Network network(int units) {
    Node date = Input.tokens(READ).named("date").node(), length = Input.lengths().named("read").node(),
        before = Input.tokens(WRITTEN).named("before").node();
    Node states = Node.of(Lstm.of(units).withLengths().states(), date.to(Embedding.of(CHARACTERS, 32)), length);
    Node written = Node.of(Lstm.of(units).sequence().withInitial(), before.to(Embedding.of(CHARACTERS, 32)), states);
    return Network.of(List.of(date, length, before), List.of(written.to(Dense.of(CHARACTERS))));
  }

  /** One day in ten is for the test. */
  private static Dataset dates(int count, Random random, boolean test) {
    int[] dates = new int[count * READ], before = new int[count * WRITTEN], translations = new int[count * WRITTEN],
        read = new int[count], written = new int[count];
    for (int i = 0; i < count; i++) {
      int day = random.nextInt(DAYS / 10) * 10 + (test ? 0 : 1 + random.nextInt(9));
      DateTimeFormatter way = WAYS.get(random.nextInt(WAYS.size()));
      LocalDate date = FIRST.plusDays(day);
      String text = way.format(date), iso = (way == WAYS.getLast() ? MONTH : DAY).format(date);
      copy(text, dates, i * READ);
      copy(iso, translations, i * WRITTEN);
      copy(iso, before, i * WRITTEN + 1);
      read[i] = text.length();
      written[i] = iso.length() + 1;
    }
    return ArrayDataset.samples(count).tokens("date", dates, CHARACTERS).tokens("read", read, READ + 1)
        .tokens("before", before, CHARACTERS).labels("translation", translations, CHARACTERS)
        .tokens("written", written, WRITTEN + 1).build();
  }

  private static void copy(String text, int[] to, int at) {
    for (int i = 0; i < text.length(); i++) {
      to[at + i] = text.charAt(i);
    }
  }

  /** The share of translations without a fault. */
  private static double exact(Model model, Dataset test, Setting setting) {
    int right = 0, seen = 0;
    for (Batch batch : new Batches(test, 100)) {
      String[] translations = translate(model, batch);
      for (int i = 0; i < batch.size(); i++) {
        right += translations[i].equals(text(batch.target(0), i, WRITTEN)) ? 1 : 0;
        if (seen++ < 5) {
          setting.say("%s: %s", text(batch.input(0), i, READ), translations[i]);
        }
      }
    }
    return (double) right / seen;
  }

  /** Each character is the likeliest behind those that were written. */
  private static String[] translate(Model model, Batch batch) {
    MemorySegment before = batch.input(2).fill((byte) END),
        written = MemorySegment.ofArray(new int[batch.size() * WRITTEN]);
    for (int step = 0; step < WRITTEN; step++) {
      model.infer(batch);
      MemorySegment logits = model.outputs();
      for (int i = 0; i < batch.size(); i++) {
        long place = (long) i * WRITTEN + step;
        int character = likeliest(logits, place * CHARACTERS);
        written.setAtIndex(JAVA_INT, place, character);
        if (step + 1 < WRITTEN) {
          before.setAtIndex(JAVA_INT, place + 1, character);
        }
      }
    }
    return IntStream.range(0, batch.size()).mapToObj(i -> text(written, i, WRITTEN)).toArray(String[]::new);
  }

  private static int likeliest(MemorySegment logits, long from) {
    int best = 0;
    for (int c = 1; c < CHARACTERS; c++) {
      if (logits.getAtIndex(JAVA_FLOAT, from + c) > logits.getAtIndex(JAVA_FLOAT, from + best)) {
        best = c;
      }
    }
    return best;
  }

  /** The characters of a row up to the end. */
  private static String text(MemorySegment rows, long row, int most) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < most && rows.getAtIndex(JAVA_INT, row * most + i) != END; i++) {
      text.append((char) rows.getAtIndex(JAVA_INT, row * most + i));
    }
    return text.toString();
  }
}
