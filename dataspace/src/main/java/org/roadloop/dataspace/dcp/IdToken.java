package org.roadloop.dataspace.dcp;

import java.time.Instant;

/**
 * What a checked self-issued ID token says (自签发身份令牌), DCP 1.0.1 §4.3.
 *
 * @param did who signed it
 * @param accessToken opens the signer's credential service to us; empty if there was none
 */
record IdToken(String did, Instant expires, String accessToken) {}
