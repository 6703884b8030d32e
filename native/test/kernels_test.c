/*
 * Every row of the registry, on every tier: see support_case.h for what is checked of each, and
 * support_<family>.c for the cases. With arguments: the kernels of these names only.
 */
#include <stdio.h>
#include <string.h>

#include "support_case.h"

static const family *const families[] = {&elementary_family, &rows_family,        &loss_family,     &optimizer_family,
                                         &matrix_family,     &image_family,       &product_family,  &random_family,
                                         &sequence_family,   &box_family,         &pair_family,     &gaussian_family,
                                         &penalty_family,    &linear_loss_family, &overlap_family,  &norm_family,
                                         &embedding_family,  &map_family,         &recurrent_family};

static bool asked_for(int argc, char **argv, const char *kernel) {
  for (int i = 1; i < argc; i++)
    if (!strcmp(argv[i], kernel))
      return true;
  return argc == 1;
}

static bool has_case(const char *kernel) {
  for (int f = 0; f < COUNT(families); f++)
    for (int c = 0; c < families[f]->count; c++)
      if (!strcmp(families[f]->cases[c].kernel, kernel))
        return true;
  return false;
}

static bool is_registered(const char *kernel) {
  for (int32_t i = 0; pana_kernel_name(i); i++)
    if (!strcmp(pana_kernel_name(i), kernel))
      return true;
  return false;
}

static void check_registry(void) {
  CHECK(pana_abi_version() == PANA_ABI_VERSION, "ABI version %d", pana_abi_version());
  CHECK(pana_kernel_count() == (int32_t)(sizeof(kernels) / sizeof(void (*)(void))), "%d kernels in the library",
        pana_kernel_count());
  CHECK(!pana_kernel_name(-1) && !pana_kernel_name(pana_kernel_count()), "names beyond the registry");
  CHECK(!pana_tier_name(-1) && !pana_tier_name(PANA_TIER_COUNT), "names of tiers that are none");
  CHECK(!pana_tier_kernels(-1) && !pana_tier_kernels(PANA_TIER_COUNT), "functions of tiers that are none");
  CHECK(pana_tier_kernels(pana_active_tier()) != NULL, "the active tier has no functions");
  for (int32_t i = 0; pana_kernel_name(i); i++)
    CHECK(has_case(pana_kernel_name(i)), "%s is registered and has no case: add one to its support_<family>.c",
          pana_kernel_name(i));
  for (int f = 0; f < COUNT(families); f++)
    for (int c = 0; c < families[f]->count; c++)
      CHECK(is_registered(families[f]->cases[c].kernel), "%s has a case and is not registered",
            families[f]->cases[c].kernel);
}

int main(int argc, char **argv) {
  start();
  check_registry();
  int ran = 0;
  for (int f = 0; f < COUNT(families); f++)
    for (int c = 0; c < families[f]->count; c++)
      if (asked_for(argc, argv, families[f]->cases[c].kernel)) {
        run_case(&families[f]->cases[c]);
        ran++;
      }
  CHECK(ran > 0, "no kernel of that name");
  char summary[64];
  snprintf(summary, sizeof summary, "%d cases of %d kernels", ran, pana_kernel_count());
  return finish(summary);
}
