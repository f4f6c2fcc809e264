/** The HTTP door (接口) of a platform: routes with roles, problems, paging, metrics, OpenAPI. */
@NullMarked
package org.roadloop.app.http;

import org.jspecify.annotations.NullMarked;
