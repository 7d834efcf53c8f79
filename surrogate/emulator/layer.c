#include "surrogate/emulator/layer.h"

#include <math.h>
#include <string.h>

#include "base/memory.h"

dw_status dw_layer_init(dw_layer *layer, int64_t dims, int64_t points, int64_t outputs, int64_t components,
                        const dw_layer_options *options) {
  *layer = (dw_layer){.dims = dims, .points = points, .outputs = outputs};
  void *block = NULL;
  DW_TRY(
      dw_alloc(&block, (size_t)(points * dims + outputs * (components + 2)), sizeof(double), "layer of an emulator"));
  layer->x = block;
  layer->mean = layer->x + points * dims;
  layer->truncation = layer->mean + outputs;
  layer->basis = layer->truncation + outputs;
  DW_TRY(dw_alloc(&block, (size_t)components, sizeof(dw_process), "layer of an emulator"));
  layer->process = block;
  for (int64_t c = 0; c < components; c++) {
    DW_TRY(dw_process_init(&layer->process[c], options->kernel, options->trend, dims, points, layer->x));
    layer->components++;
  }
  return DW_OK;
}

void dw_layer_finalize(dw_layer *layer) {
  for (int64_t c = 0; c < layer->components; c++) {
    dw_process_finalize(&layer->process[c]);
  }
  dw_free(layer->process);
  dw_free(layer->x);
  *layer = (dw_layer){0};
}

int64_t dw_layer_scratch(const dw_layer *layer) { return 2 * layer->points; }

void dw_layer_add(const dw_layer *layer, const double *x, double *mean, double *emulator, double *truncation,
                  double *gradient, int64_t stride, double *scratch) {
  const int64_t m = layer->outputs;
  double slope[DW_KERNEL_DIMS];
  for (int64_t j = 0; j < m; j++) {
    mean[j] += layer->mean[j];
    truncation[j] += layer->truncation[j];
  }
  for (int64_t c = 0; c < layer->components; c++) {
    const double *basis = layer->basis + c * m;
    double variance = 0.0;
    const double z = dw_process_predict(&layer->process[c], x, &variance, gradient != NULL ? slope : NULL, scratch);
    for (int64_t j = 0; j < m; j++) {
      mean[j] += z * basis[j];
      emulator[j] += variance * basis[j] * basis[j];
    }
    for (int64_t d = 0; d < layer->dims && gradient != NULL; d++) {
      for (int64_t j = 0; j < m; j++) {
        gradient[d * stride + j] += slope[d] * basis[j];
      }
    }
  }
}

void dw_layer_leave_out(const dw_layer *layer, int64_t i, const double *rest, double *error, double *variance) {
  const int64_t m = layer->outputs;
  double share = 1.0 / (double)layer->points; /* of the point in mean and components */
  for (int64_t c = 0; c < layer->components; c++) {
    share += layer->process[c].z[i] * layer->process[c].z[i] / (double)layer->points;
  }
  const double left = fmax(1.0 - share, 0.25);
  for (int64_t j = 0; j < m; j++) {
    error[j] += rest[j] / left;
    variance[j] += layer->truncation[j];
  }
  for (int64_t c = 0; c < layer->components; c++) {
    const double *basis = layer->basis + c * m;
    double own = 0.0;
    const double off = dw_process_leave_out(&layer->process[c], i, &own);
    for (int64_t j = 0; j < m; j++) {
      error[j] += off * basis[j];
      variance[j] += own * basis[j] * basis[j];
    }
  }
}
