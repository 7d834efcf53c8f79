/* A symmetric traceless tensor per mode, as five amplitudes in an orthonormal basis.
 *
 * q is the momentum of the differences that made the tensor (dw_momenta, derivative) and ^q its direction. With
 * rho^2 = qx^2 + qy^2, u = (qy, -qx, 0)/rho and v = (qx qz, qy qz, -rho^2)/(rho |q|), both orthogonal to q:
 *
 *   plus     (u u - v v)/sqrt 2    transverse and traceless, as is
 *   cross    (u v + v u)/sqrt 2
 *   scalar   sqrt(3/2) (^q ^q - delta/3)
 *   vector u (^q u + u ^q)/sqrt 2
 *   vector v (^q v + v ^q)/sqrt 2
 *
 * For q along z, u = (s, 0, 0) and v = (0, 1, 0), s the sign of qz. An amplitude is e_ij S_ij, with e:e = 1 for each
 * part, so the squares of all five add up to the square of the traceless tensor and those of plus and cross to that
 * of Lambda_ij,lm S_lm, Lambda the projector of Figueroa, Garcia-Bellido & Rajantie, JCAP 11 (2011) 015
 * (arXiv:1110.0337), there for lattice momenta too. For -q the tensors of cross and vector v are reversed, the others
 * the same.
 *
 * Where q = 0, the zero mode and those that the differences take for it, there is no direction and all amplitudes are
 * 0 (dw_momenta_counted). */
#ifndef DW_GW_PARTS_H
#define DW_GW_PARTS_H

#include "gw/momenta.h"
#include "lattice/modes.h"

/* A multiple of delta in the tensor changes nothing, so five components do, in this order. */
typedef enum dw_component { DW_XX_ZZ, DW_YY_ZZ, DW_XY, DW_XZ, DW_YZ, DW_COMPONENTS } dw_component;

typedef enum dw_part { DW_PLUS, DW_CROSS, DW_SCALAR, DW_VECTOR_U, DW_VECTOR_V, DW_PARTS } dw_part;

/* Plus and cross, the tensor part, come first. */
enum { DW_POLARISATIONS = 2 };

/* Not collective. The tensors above for a momentum of any size; all zero where q = 0. For tests and other programs. */
void dw_parts_basis(const double q[3], double basis[DW_PARTS][3][3]);

/* Not collective; threads inside. Adds what one component of a tensor contributes to each part:
 *
 *   target[part] += factor (coefficient of the component in the part) modes/window,
 *
 * window the product of those of the three directions: it takes back the average that the tensor lattice holds. Parts
 * whose target is NULL are left out. All have the same kept modes and precision; strides may differ. Coefficients are
 * computed in double, sums are those of the storage. `modes` is the transform of S_xx - S_zz, S_yy - S_zz, S_xy, S_xz
 * or S_yz (xy and yx, ... are both accounted for). Units: those of modes times those of factor. */
void dw_parts_add(dw_modes *const target[DW_PARTS], const dw_modes *modes, dw_component component,
                  const dw_momenta *momenta, double factor);

/* The context of dw_parts_product; nothing is owned. */
typedef struct dw_parts_sum {
  int count;                      /* parts to be summed, at most DW_PARTS */
  const dw_modes *part[DW_PARTS]; /* with the same kept modes */
  const dw_modes *with[DW_PARTS]; /* the same number of amplitudes of another time; NULL: part itself */
  const double *weight; /* NULL, or a table of dw_momenta (of the same side): times its sum over the three directions */
} dw_parts_sum;

/* A dw_mode_function (lattice/shells.h), `context` a dw_parts_sum: sum over its parts of Re part* with, weighted, so
 * |part|^2 where both are the same. The amplitudes come from the context, `modes` says which modes they are. */
void dw_parts_product(const void *context, const dw_modes *modes, int64_t ky, int64_t kz, int64_t lanes, double *value);

#endif
