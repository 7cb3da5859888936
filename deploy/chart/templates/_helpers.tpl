{{- define "claimwire.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "claimwire.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "claimwire.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "claimwire.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "claimwire.selector" -}}
app.kubernetes.io/name: {{ include "claimwire.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "claimwire.labels" -}}
{{ include "claimwire.selector" . }}
app.kubernetes.io/version: {{ include "claimwire.tag" . | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "claimwire.tag" -}}
{{- default .Chart.AppVersion .Values.image.tag -}}
{{- end -}}

{{- define "claimwire.image" -}}
{{ .Values.image.repository }}:{{ include "claimwire.tag" . }}
{{- end -}}

{{- /*
Every app of the release as a YAML map, name to {values, port, management, kind}: templates that make something for each app
walk over it, so that no app is forgotten in one of them.
*/ -}}
{{- define "claimwire.apps" -}}
api: { values: api, port: 4000, management: 5100, kind: Deployment, drains: true }
{{- $ports := dict "cair" 1 "curacel" 2 "tpastream" 3 "stedi" 4 }}
{{- range $provider, $of := .Values.ingress.providers }}
{{- if $of.enabled }}
{{- $number := get $ports $provider | default 9 }}
ingress-{{ $provider }}: { values: ingress, provider: {{ $provider }}, port: {{ add 4100 $number }}, management: {{ add 5100 $number }}, kind: Deployment, drains: true }
{{- end }}
{{- end }}
normalizer: { values: normalizer, management: 5110, kind: Deployment }
{{- if .Values.stediReports.enabled }}
stedi-reports: { values: stediReports, management: 5111, kind: Deployment, callsOut: true }
{{- end }}
{{- /* A name that a restarted replica keeps lets it go on with its leases at once. */}}
fanout: { values: fanout, management: 5120, kind: StatefulSet, callsOut: true }
{{- end -}}

{{- define "claimwire.secretOf" -}}
{{- $root := index . 0 -}}{{- $app := index . 1 -}}
{{- get $root.Values.secret.perApp $app | default $root.Values.secret.name -}}
{{- end -}}

{{- define "claimwire.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "claimwire.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
capabilities: { drop: [ALL] }
{{- end -}}

{{- /* Settings that all apps share, as a map; later ones win: chart, values.settings, the app's own. */ -}}
{{- define "claimwire.settings" -}}
NODE_ENV: production
HOST: 0.0.0.0
MANAGEMENT_HOST: 0.0.0.0
KAFKA_BROKERS: {{ join "," .Values.kafka.brokers | quote }}
{{- with .Values.kafka.topicPrefix }}
KAFKA_TOPIC_PREFIX: {{ . | quote }}
{{- end }}
{{- if .Values.kafka.tls.enabled }}
KAFKA_TLS: "true"
{{- if .Values.kafka.tls.secretName }}
KAFKA_TLS_CA_FILE: /etc/claimwire/kafka-tls/ca.crt
{{- if .Values.kafka.tls.mutual }}
KAFKA_TLS_CERT_FILE: /etc/claimwire/kafka-tls/tls.crt
KAFKA_TLS_KEY_FILE: /etc/claimwire/kafka-tls/tls.key
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.kafka.sasl.mechanism }}
KAFKA_SASL_MECHANISM: {{ . }}
{{- end }}
{{- with .Values.kafka.sasl.username }}
KAFKA_SASL_USERNAME: {{ . | quote }}
{{- end }}
{{- with .Values.tracing.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ . | quote }}
OTEL_TRACES_SAMPLER: parentbased_traceidratio
OTEL_TRACES_SAMPLER_ARG: {{ $.Values.tracing.share | quote }}
{{- end }}
SHUTDOWN_GRACE_MS: {{ mul 1000 (sub (int .Values.terminationGraceSeconds) (add (int .Values.preStopSeconds) 10)) | quote }}
{{- end -}}

{{- /* A list of environment variables. Arguments: root, the app's settings. */ -}}
{{- define "claimwire.env" -}}
{{- $root := index . 0 -}}{{- $own := index . 1 -}}
{{- $all := mustMergeOverwrite (include "claimwire.settings" $root | fromYaml) (deepCopy $root.Values.settings) (deepCopy $own) -}}
{{- range $name, $value := $all }}
- { name: {{ $name }}, value: {{ $value | toString | quote }} }
{{- end }}
{{- end -}}

{{- define "claimwire.kafkaTlsVolume" -}}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.secretName }}
- name: kafka-tls
  secret: { secretName: {{ .Values.kafka.tls.secretName }}, defaultMode: 0440 }
{{- end }}
{{- end -}}

{{- define "claimwire.kafkaTlsMount" -}}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.secretName }}
- { name: kafka-tls, mountPath: /etc/claimwire/kafka-tls, readOnly: true }
{{- end }}
{{- end -}}
