package org.roadloop.app.part;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.roadloop.app.platform.PlatformContext;
import org.roadloop.core.identity.Did;
import org.roadloop.core.identity.DidDocument;
import org.roadloop.core.identity.NationalIdentifier;
import org.roadloop.core.identity.Signer;
import org.roadloop.dataspace.dsp.ConnectorConfig;

/** What others learn of this participant: its keys and where it is spoken to (DID 文档). */
final class OwnDidDocument {
    private OwnDidDocument() {}

    /**
     * @param identityServices where credentials are asked for
     */
    static DidDocument of(PlatformContext context, List<DidDocument.Service> identityServices) {
        Signer signer = context.participant();
        URI address = ConnectorConfig.of(context.publicUrl(), Optional.empty()).address();
        // Former keys stay: contracts that they signed must go on being verifiable.
        List<DidDocument.Key> keys =
                context.keystore().publicKeys("participant").stream()
                        .map(
                                epoch ->
                                        new DidDocument.Key(
                                                signer.did() + "#participant-" + epoch.epoch(),
                                                epoch.key(),
                                                context.keystore()
                                                        .revokedAt("participant", epoch.epoch())))
                        .toList();
        List<DidDocument.Service> services = new ArrayList<>();
        services.add(
                new DidDocument.Service(
                        signer.did() + "#connector", "DataspaceConnector", address));
        services.add(
                new DidDocument.Service(
                        signer.did() + "#witness",
                        "TransparencyLogWitness",
                        URI.create(context.publicUrl() + "/witness")));
        services.addAll(identityServices);
        return new DidDocument(
                new Did(signer.did()),
                keys,
                services,
                context.config().participant().creditCode().stream()
                        .map(NationalIdentifier::urn)
                        .toList());
    }
}
