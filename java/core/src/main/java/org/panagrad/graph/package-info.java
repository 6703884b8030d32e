/** A static graph of values and operations, and the memory that its plan gives them. */
@NullMarked
package org.panagrad.graph;

import org.jspecify.annotations.NullMarked;
