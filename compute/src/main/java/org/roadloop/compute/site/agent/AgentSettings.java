package org.roadloop.compute.site.agent;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.roadloop.compute.site.SiteDeclaration;

/**
 * A site elsewhere, as the platform's operator vouches for it (代理站点配置). What policies decide by
 * stands here; the rest is what the agent registers.
 *
 * @param id of the site
 * @param node of the network's topology
 * @param home private folder of the platform, for the records and the copies of what was staged
 * @param slots runs there at the same time
 * @param poll longest wait of one request for calls
 * @param quoteLimit longest wait for a quote
 * @param lostAfter the agent may be away before a run counts as lost
 * @param checkpointEvery pause between two looks at a checkpoint folder there
 * @param token shared with the agent
 */
public record AgentSettings(
        String id,
        String node,
        SiteDeclaration declared,
        Path home,
        int slots,
        Duration poll,
        Duration quoteLimit,
        Duration lostAfter,
        Duration checkpointEvery,
        Token token) {
    private static final int TOKEN_LETTERS = 20;

    /** The token, read anew for every request and never kept. */
    public interface Token {
        /**
         * @throws IOException names the place of the token, never the token
         */
        String value() throws IOException;
    }

    public AgentSettings {
        if (slots < 1) {
            throw new IllegalArgumentException("site %s: at least one slot".formatted(id));
        }
    }

    /** With an agent that sends nothing for so long, it is away. */
    Duration awayAfter() {
        return poll.plusSeconds(2);
    }

    /**
     * Says so if a token is too short to keep anyone out.
     *
     * @param where the token is, for the message
     */
    static String strong(String token, String where) throws IOException {
        if (token.length() < TOKEN_LETTERS || !token.matches("[!-~]+")) {
            throw new IOException(
                    where
                            + " is no token of at least "
                            + TOKEN_LETTERS
                            + " printable letters; 'openssl rand -base64 32' makes one");
        }
        return token;
    }
}
