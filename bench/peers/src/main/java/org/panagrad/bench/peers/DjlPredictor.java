package org.panagrad.bench.peers;

import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.ParameterStore;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.nio.FloatBuffer;
import java.util.List;
import org.panagrad.bench.Workload;

/** Predictions by DJL. */
final class DjlPredictor {
  private DjlPredictor() {
  }

  /** As anybody would: a model, a translator, a predictor. */
  static org.panagrad.bench.Predictor plain(Workload network) {
    Engine engine = Djl.engine();
    Model model = Model.newInstance("ours", engine.getEngineName());
    model.setBlock(block(model.getNDManager(), network));
    Predictor<float[], float[]> predictor = model.newPredictor(new Arrays(shape(network)));
    return new org.panagrad.bench.Predictor() {
      @Override
      public void predict(float[] features, float[] probabilities) {
        try {
          System.arraycopy(predictor.predict(features), 0, probabilities, 0, probabilities.length);
        } catch (TranslateException e) {
          throw new IllegalStateException(e);
        }
      }

      @Override
      public void close() {
        predictor.close();
        model.close();
      }
    };
  }

  /** The block alone, on a kept input. */
  static org.panagrad.bench.Predictor best(Workload network) {
    NDManager manager = Djl.engine().newBaseManager();
    Block block = block(manager, network);
    ParameterStore parameters = new ParameterStore(manager, false);
    NDArray input = manager.create(shape(network));
    return new org.panagrad.bench.Predictor() {
      @Override
      public void predict(float[] features, float[] probabilities) {
        input.set(FloatBuffer.wrap(features));
        try (NDManager scope = manager.newSubManager()) {
          input.tempAttach(scope);
          NDArray logits = block.forward(parameters, new NDList(input), false).singletonOrThrow();
          logits.softmax(1).toByteBuffer().asFloatBuffer().get(probabilities);
        }
      }

      @Override
      public void close() {
        manager.close();
      }
    };
  }

  private static Block block(NDManager manager, Workload network) {
    SequentialBlock block = new SequentialBlock();
    List<Weights> weights = Weights.of(network);
    for (int i = 0; i < weights.size(); i += 2) {
      boolean image = weights.get(i).shape().length == 4;
      if (network == Workload.CNN && !image && weights.get(i - 2).shape().length == 4) {
        block.add(Blocks.batchFlattenBlock());
      }
      Block layer = image ? convolution(weights.get(i).shape()[0]) : dense(weights.get(i).shape()[0]);
      layer.getParameters().get("weight").setArray(array(manager, weights.get(i)));
      layer.getParameters().get("bias").setArray(array(manager, weights.get(i + 1)));
      block.add(layer);
      if (i + 2 < weights.size()) {
        block.add(Activation.reluBlock());
      }
      if (image && i < 4) { // not after the third
        block.add(Pool.maxPool2dBlock(new Shape(2, 2), new Shape(2, 2)));
      }
    }
    block.initialize(manager, DataType.FLOAT32, shape(network));
    return block;
  }

  private static Block dense(long units) {
    return Linear.builder().setUnits(units).build();
  }

  private static Block convolution(long filters) {
    return Conv2d.builder().setFilters((int) filters).setKernelShape(new Shape(3, 3)).build();
  }

  /** Of one sample. */
  private static Shape shape(Workload network) {
    return network == Workload.CNN ? new Shape(1, 1, 28, 28) : new Shape(1, network.features());
  }

  private static NDArray array(NDManager manager, Weights weights) {
    return manager.create(weights.values(), new Shape(weights.shape()));
  }

  private record Arrays(Shape shape) implements Translator<float[], float[]> {
    @Override
    public NDList processInput(TranslatorContext context, float[] features) {
      return new NDList(context.getNDManager().create(features, shape));
    }

    @Override
    public float[] processOutput(TranslatorContext context, NDList outputs) {
      return outputs.singletonOrThrow().softmax(1).toFloatArray();
    }

    @Override
    public Batchifier getBatchifier() {
      return null;
    }
  }
}
