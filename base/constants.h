/* Numbers of mathematics that more than one file needs. */
#ifndef DW_BASE_CONSTANTS_H
#define DW_BASE_CONSTANTS_H

#define DW_PI 3.14159265358979323846264338327950
#define DW_TWO_PI 6.283185307179586476925286766559

#endif
