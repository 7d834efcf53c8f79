/* Storage precision, chosen at run time; the value is the size of a real in bytes.
 *
 * Files named *_rows.c are compiled twice, with DW_REAL_BYTES = 4 and 8; their
 * functions are written DW_NAME(dw_kick) and become dw_kick_f32 and dw_kick_f64. */
#ifndef DW_BASE_PRECISION_H
#define DW_BASE_PRECISION_H

typedef enum dw_precision { DW_SINGLE = 4, DW_DOUBLE = 8 } dw_precision;

#ifdef DW_REAL_BYTES
#if DW_REAL_BYTES == 4
typedef float dw_real;
#define DW_NAME(stem) stem##_f32
#else
typedef double dw_real;
#define DW_NAME(stem) stem##_f64
#endif
#endif

#endif
