/**
 * The other end of the gateway: vehicles and platforms that report, for demo, bench and tests
 * (车队客户端).
 */
@NullMarked
package org.roadloop.collect.gateway.client;

import org.jspecify.annotations.NullMarked;
