/**
 * Contract templates (数字合约模板): named, versioned, with typed parameters; an offer is made of one by
 * giving values.
 *
 * <p>A template is the body of a {@code template.published} event, subject {@code template:NAME}:
 *
 * <pre>
 * name        lower-case words joined by '-'
 * version     counts from 1; each publication is the next one
 * title, text {"en", "zh"}; in the text ${parameter} stands for its value
 * counters    "carried" | "fresh": whether uses go on counting when a contract from this template
 *             takes the place of an older one
 * parameters  [{"name", "type": whole | instant | duration | text | texts, "unit", "min", "max",
 *              "choices", "example", "title": {"en", "zh"}}]
 * policy      rules of an ODRL offer; a value "${parameter}" is replaced
 * tariff      as in an offer; likewise
 * </pre>
 *
 * <p>The policy of an offer from a template says so, and the contract with it: {@code
 * "roadloop:template": {"name", "version", "title", "counters", "values"}}.
 */
@NullMarked
package org.roadloop.core.template;

import org.jspecify.annotations.NullMarked;
