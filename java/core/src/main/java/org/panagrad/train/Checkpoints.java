package org.panagrad.train;

import java.nio.file.Path;

/**
 * Where {@link Model#fit} leaves checkpoints, and how often.
 *
 * @param file  of the last one
 * @param steps between two; at an epoch's end there is one in any case
 */
public record Checkpoints(Path file, long steps) {
}
