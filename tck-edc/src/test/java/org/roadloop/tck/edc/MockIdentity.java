package org.roadloop.tck.edc;

import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.roadloop.dataspace.identity.CallerIdentity;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The claims that EDC's identity mock sends and believes: plain JSON, proving nothing. */
record MockIdentity(String own, Map<String, String> byAuthority) implements CallerIdentity {
    MockIdentity(String own) {
        this(own, new ConcurrentHashMap<>());
    }

    /** Names who is at an address. */
    void know(String participantId, URI connector) {
        byAuthority.put(connector.getAuthority(), participantId);
    }

    @Override
    public String didOf(URI connector) {
        String did = byAuthority.get(connector.getAuthority());
        if (did == null) {
            throw new UnauthorizedException("nobody at " + connector.getAuthority() + " is known");
        }
        return did;
    }

    @Override
    public String authorization(String audience) {
        return JsonMapper.shared()
                .createObjectNode()
                .put("region", "eu")
                .put("audience", audience)
                .put("clientId", own)
                .toString();
    }

    @Override
    public String verify(String header) {
        try {
            JsonNode claims = JsonMapper.shared().readTree(header.replaceFirst("^Bearer ", ""));
            String caller = claims.path("clientId").asString("");
            if (byAuthority.containsValue(caller)) {
                return caller;
            }
            throw new UnauthorizedException("'" + caller + "' is not known");
        } catch (JacksonException e) {
            throw new UnauthorizedException("the claims are no JSON");
        }
    }

    @Override
    public boolean signed(String did, String jws, byte[] payload) {
        return false;
    }
}
