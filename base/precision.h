/* Storage precision, chosen at run time; the value is the size of a real in bytes.
 *
 * Files named *_rows.c are compiled twice, with DW_REAL_BYTES = 4 and 8; their
 * functions are written DW_NAME(dw_kick) and become dw_kick_f32 and dw_kick_f64.
 *
 * DW_CLONES stands before those with long loops. In a build for any x86-64 (DW_CLONE_LEVELS, cmake/DwellOptions.cmake)
 * they are compiled for each level of vector code, with what they call inlined, and the loader takes the one that suits
 * the machine; elsewhere it is empty. */
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
#ifdef DW_CLONE_LEVELS
#define DW_CLONES __attribute__((flatten, target_clones("default", "arch=x86-64-v3", "arch=x86-64-v4")))
#else
#define DW_CLONES
#endif
#endif

#endif
