package org.panagrad.bench.peers;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.Map;
import org.panagrad.bench.Predictor;
import org.panagrad.bench.Workload;

/** Predictions by ONNX Runtime: all its optimisations, one thread, the caller's. */
abstract sealed class OnnxPredictor implements Predictor {
  final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  final OrtSession session;
  final long[] shape;

  private OnnxPredictor(Workload network) throws OrtException {
    shape = OnnxModel.inputShape(network);
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
      session = environment.createSession(OnnxModel.of(network), options);
    }
  }

  /** As anybody would: a new tensor from the array, and the output that ONNX Runtime makes. */
  static Predictor plain(Workload network) {
    return open(() -> new Plain(network));
  }

  /** Tensors over memory that is kept, for input and output. */
  static Predictor best(Workload network) {
    return open(() -> new Kept(network));
  }

  private interface Source {
    Predictor open() throws OrtException;
  }

  private static Predictor open(Source source) {
    try {
      return source.open();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void predict(float[] features, float[] probabilities) {
    try {
      run(features, probabilities);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  abstract void run(float[] features, float[] probabilities) throws OrtException;

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Plain extends OnnxPredictor {
    Plain(Workload network) throws OrtException {
      super(network);
    }

    @Override
    void run(float[] features, float[] probabilities) throws OrtException {
      try (OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(features), shape);
          OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, input))) {
        ((OnnxTensor) result.get(0)).getFloatBuffer().get(probabilities);
      }
    }
  }

  private static final class Kept extends OnnxPredictor {
    private final FloatBuffer from, to;
    private final Map<String, OnnxTensor> input, output;

    Kept(Workload network) throws OrtException {
      super(network);
      from = floats(network.features());
      to = floats(Workload.CLASSES);
      input = Map.of(OnnxModel.INPUT, OnnxTensor.createTensor(environment, from, shape));
      output = Map.of(OnnxModel.OUTPUT, OnnxTensor.createTensor(environment, to, new long[]{1, Workload.CLASSES}));
    }

    private static FloatBuffer floats(int count) {
      return ByteBuffer.allocateDirect(4 * count).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @Override
    void run(float[] features, float[] probabilities) throws OrtException {
      from.put(0, features);
      session.run(input, output).close();
      to.get(0, probabilities);
    }

    @Override
    public void close() {
      input.values().forEach(OnnxTensor::close);
      output.values().forEach(OnnxTensor::close);
      super.close();
    }
  }
}
