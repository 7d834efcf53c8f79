#include "analysis/domains.h"

#include <string.h>

#include "analysis/domains_pieces.h"
#include "base/memory.h"

dw_status dw_domains_find(dw_domains **domains, const dw_field *phi, int order, int64_t most) {
  void *block = NULL;
  *domains = NULL;
  DW_TRY(dw_comm_alloc(phi->lattice->comm, &block, 1, sizeof **domains, "domains"));
  memset(block, 0, sizeof **domains);
  dw_pieces pieces;
  dw_status status = dw_pieces_find(&pieces, phi, order);
  if (status == DW_OK) {
    status = dw_domains_merge(block, &pieces, most);
  }
  dw_pieces_destroy(&pieces);
  if (status != DW_OK) {
    dw_domains_destroy(block);
    return status;
  }
  *domains = block;
  return DW_OK;
}

void dw_domains_destroy(dw_domains *domains) {
  if (domains != NULL) {
    dw_free(domains->domain);
    dw_free(domains->wall);
    dw_free(domains);
  }
}

double dw_domains_bytes(int64_t points, int64_t nx, int64_t ny, double runs, int threads) {
  const double of_run = (double)(sizeof(int32_t) + sizeof(dw_winding_node));
  const double of_row = (double)(sizeof(int64_t) + 1);
  const double of_thread = (double)points * (double)(sizeof(uint64_t) + sizeof(int64_t));
  return (double)(nx * ny) * (of_row + runs * of_run) + (double)threads * of_thread;
}
