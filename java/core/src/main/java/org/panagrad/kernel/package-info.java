/**
 * The kernels: what each operation means ({@link org.panagrad.kernel.Kernels}), and its forms in plain Java, the Vector
 * API and native code, all with the same bits. {@link org.panagrad.kernel.Compute} is the same on arrays and threads.
 *
 * <p>A family has an interface each:
 * <ul>
 * <li>functions of elements: {@link org.panagrad.kernel.ElementaryKernels},
 * {@link org.panagrad.kernel.ActivationKernels}, {@link org.panagrad.kernel.MapKernels}, whose formulas are
 * {@link org.panagrad.kernel.UnaryFunction} and {@link org.panagrad.kernel.BinaryFunction};
 * <li>rows: {@link org.panagrad.kernel.RowKernels}, {@link org.panagrad.kernel.SoftmaxKernels};
 * <li>losses: {@link org.panagrad.kernel.LossKernels}, whose formulas are {@link org.panagrad.kernel.ElementLoss} and
 * {@link org.panagrad.kernel.RowLoss}, {@link org.panagrad.kernel.OverlapKernels},
 * {@link org.panagrad.kernel.GaussianKernels}, {@link org.panagrad.kernel.BoxKernels},
 * {@link org.panagrad.kernel.PairKernels}, {@link org.panagrad.kernel.SequenceKernels},
 * {@link org.panagrad.kernel.LinearLossKernels}, {@link org.panagrad.kernel.PenaltyKernels};
 * <li>training: {@link org.panagrad.kernel.OptimizerKernels}, {@link org.panagrad.kernel.RandomKernels};
 * <li>layers: {@link org.panagrad.kernel.ProductKernels}, {@link org.panagrad.kernel.ConvolutionKernels},
 * {@link org.panagrad.kernel.PoolKernels}, {@link org.panagrad.kernel.RecurrentKernels}.
 * </ul>
 */
@NullMarked
package org.panagrad.kernel;

import org.jspecify.annotations.NullMarked;
