package org.panagrad.optim;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.panagrad.Allocation;

@Tag("allocation")
@Isolated("counts threads")
class ScheduleAllocationTest {
  @Test
  void ratesAllocateNothing() {
    Schedule[] schedules = ScheduleTest.formulas().stream().map(ScheduleTest.Formula::schedule)
        .toArray(Schedule[]::new);
    Allocation.requireNone("rates", 0, new Runnable() {
      private double sum;
      private long step;

      @Override
      public void run() {
        step++;
        for (Schedule schedule : schedules) {
          sum += schedule.rate(step);
        }
      }
    });
  }
}
