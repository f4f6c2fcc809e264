package org.roadloop.govern.product;

/**
 * An operator that leaves rows in their order and the cells of the columns that stay as they were,
 * so that its input may be sorted for an operator behind it (逐行算子).
 */
interface RowWise {}
