/** What is counted beside the loss. */
@NullMarked
package org.panagrad.metric;

import org.jspecify.annotations.NullMarked;
