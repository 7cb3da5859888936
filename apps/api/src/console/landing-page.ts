/** What a browser sees at "/": where things are, and no data. */
export function landingPage(): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Claimwire</title></head>
<body>
<h1>Claimwire</h1>
<p>Claim webhooks in, one ordered stream out. Every route but this page and the OpenAPI document wants
<code>Authorization: Bearer &lt;API key&gt;</code>.</p>
<ul>
<li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/v1/claims">Claims</a>, each with its history</li>
<li><a href="/v1/webhooks">Webhooks</a>, their logs and error queues</li>
<li><a href="/v1/connections">Connections</a> to providers</li>
<li><a href="/v1/quarantine">Quarantine</a></li>
</ul>
</body>
</html>
`;
}
